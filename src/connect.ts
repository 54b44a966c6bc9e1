import { findProject, type Project, readProject } from './config.ts'
import { describeChanges } from './config-changes.ts'
import type { Api } from './contract/api.ts'
import { newId } from './contract/ids.ts'
import { timestamp } from './contract/time.ts'
import { type Core, createCore } from './core/core.ts'
import { openStore, type Store } from './store/store.ts'
import { version } from './version.ts'

export type Connection = { api: Api; project: Project; close(): void }

/**
 * The Api of the project that `cwd` lies in, on this machine's database. What is overdue is dealt with first, as no
 * server does it.
 * @param actor who acts, for the audit log
 */
export async function connect({
  cwd,
  env,
  actor,
}: {
  cwd: string
  env: NodeJS.ProcessEnv
  actor: string
}): Promise<Connection> {
  const project = findProject(cwd, env)
  const core = openCore(project, actor)
  try {
    if (core.isSweepDue()) await core.sweep()
  } catch (error) {
    core.close()
    throw error
  }
  return { api: core, project, close: core.close }
}

/** Opens (and where needed makes) the project's database, with the project, tools and classes of its file in it. */
export function openCore(project: Project, actor: string): Core {
  const store = openStore(project.database)
  try {
    loadConfig(store, project, actor)
  } catch (error) {
    store.close()
    throw error
  }
  return createCore({
    store,
    config: project.config,
    projectRoot: project.root,
    logs: project.logs,
    actor,
    version,
    reload: () => reload(store, project, actor),
  })
}

/** Reads the file again; only when all of it is right does any of it count. */
function reload(store: Store, project: Project, actor: string): string[] {
  const fresh = readProject(project.configFile)
  const changes = describeChanges(project.config, fresh.config)
  loadConfig(store, fresh, actor)
  // The rules hold on to this object: what is in it is what counts.
  Object.assign(project.config, fresh.config)
  return changes
}

/** Brings tools, classes and the project's row in step with the file, where its text has changed since the last time. */
function loadConfig(store: Store, { config, configText, root }: Project, actor: string): void {
  if (store.meta.get('config_text') === configText) return
  const at = timestamp(Date.now())
  store.transaction(() => {
    const { name, prd_path } = config.project
    const project = store.projects.get()
    const fields = { name, repo_path: root, prd_path, now: at }
    if (project) store.projects.update({ ...fields, id: project.id })
    else store.projects.insert({ ...fields, id: newId('project') })
    store.tools.replaceFileRows(
      Object.entries(config.tools).map(([tool, it]) => ({
        name: tool,
        description: it.description ?? null,
        task_class: it.task_class,
        timeout: it.timeout ?? null,
      })),
      Object.entries(config.task_classes).map(([taskClass, it]) => ({
        name: taskClass,
        timeout: it.timeout,
        description: it.description ?? null,
      })),
    )
    store.meta.set('config_text', configText)
    store.audit.append({ at, event: 'config.loaded', actor })
  })
}
