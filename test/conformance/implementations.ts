import fs from 'node:fs'
import path from 'node:path'
import { type Project, readProject } from '../../src/config.ts'
import type { Api } from '../../src/contract/api.ts'
import { createHttpClient } from '../../src/http/client.ts'
import { serve } from '../http/serve.ts'
import { makeTempFolder, writeFiles } from '../support/folder.ts'
import { openWithClock } from '../support/project.ts'
import type { Implementation } from './harness.ts'

export const overCore: Implementation = {
  name: 'core over a database of this machine',
  open: async options => {
    const { project, remove } = makeProject(options)
    const core = openWithClock(project, { clock: options.clock, actor: 'test' })
    if (options.lanes) core.beginSupervision(options.lanes)
    const close = async () => {
      core.close()
      remove()
    }
    return opened(project, core, close)
  },
}

export const overHttp: Implementation = {
  name: 'the HTTP client of a server',
  open: async options => {
    const { project, remove } = makeProject(options)
    const core = openWithClock(project, { clock: options.clock, actor: 'test' })
    if (options.lanes) core.beginSupervision(options.lanes)
    const closers: (() => void | Promise<void>)[] = []
    const { url, errors } = await serve({ after: close => closers.push(close) }, core)
    const client = createHttpClient({ url })
    const close = async () => {
      client.close()
      for (const closeServer of closers) await closeServer()
      core.close()
      remove()
      if (errors.length > 0) throw new AggregateError(errors, 'the server met errors inside')
    }
    return opened(project, client, close)
  },
}

const opened = (project: Project, api: Api, close: () => Promise<void>) => ({
  ...{ api, logs: project.logs, projectRoot: project.root, close },
})

/** A new project; or (`projectRoot`) one that is there, which stays when this one is done with it. */
function makeProject({ projectRoot, config = '' }: { projectRoot?: string; config?: string }) {
  const root = projectRoot ?? makeTempFolder()
  if (projectRoot === undefined) writeFiles(root, { 'sparkq.yml': config })
  const remove = () => {
    if (projectRoot === undefined) fs.rmSync(root, { recursive: true, force: true })
  }
  return { project: readProject(path.join(root, 'sparkq.yml')), remove }
}
