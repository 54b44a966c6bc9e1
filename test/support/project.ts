import path from 'node:path'
import { type Project, readProject } from '../../src/config.ts'
import { openCore } from '../../src/connect.ts'
import { type Core, createCore } from '../../src/core/core.ts'
import { createConfiguration } from '../../src/live-config.ts'
import { openStore } from '../../src/store/store.ts'
import type { TestClock } from './clock.ts'
import { type Cleaner, tempFolder, writeFiles } from './folder.ts'

export type OpenProject = {
  project: Project
  core: Core
  /** The same project once more, as another process would open it. */
  again(options?: { clock?: () => number; actor?: string }): Core
}

type OpenOptions = {
  config?: string
  clock?: () => number
  actor?: string
  disk?: boolean
  folder?: string | undefined
}

/** A project in a folder of its own (or in `folder`), open until the test ends. */
export function openProject(
  t: Cleaner,
  { config = '', clock, actor = 'test', disk = false, folder }: OpenOptions = {},
): OpenProject {
  const open = new Set<Core>()
  t.after(() => {
    for (const core of open) core.close()
  })
  const root = folder ?? tempFolder(t, { disk })
  writeFiles(root, { 'sparkq.yml': config })
  const project = readProject(path.join(root, 'sparkq.yml'))
  const again: OpenProject['again'] = (options = {}) => {
    const opened = openWithClock(project, { clock, actor, ...options })
    const core: Core = {
      ...opened,
      close: () => {
        open.delete(core)
        opened.close()
      },
    }
    open.add(core)
    return core
  }
  return { project, core: again(), again }
}

/** As `openCore` opens a project, with a clock of the test's. */
export function openWithClock(
  project: Project,
  { clock, actor }: { clock?: (() => number) | undefined; actor: string },
): Core {
  const core = openCore(project, actor)
  if (!clock) return core
  core.close()
  const store = openStore(project.database)
  return createCore({
    store,
    config: project.config,
    projectRoot: project.root,
    logs: project.logs,
    actor,
    clock,
    uptime: 'uptime' in clock ? (clock as TestClock).uptime : () => performance.now(),
    version: '0.0.0-test',
    configuration: createConfiguration(store, project, actor),
  })
}
