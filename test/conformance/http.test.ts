import fs from 'node:fs'
import path from 'node:path'
import { readProject } from '../../src/config.ts'
import { createHttpClient } from '../../src/http/client.ts'
import { serve } from '../http/serve.ts'
import { makeTempFolder, writeFiles } from '../support/folder.ts'
import { openWithClock } from '../support/project.ts'
import { conformance } from './suite.ts'

conformance({
  name: 'the HTTP client of a server',
  open: async ({ clock, config, projectRoot, lanes }) => {
    const root = projectRoot ?? makeTempFolder()
    if (projectRoot === undefined) writeFiles(root, { 'sparkq.yml': config ?? '' })
    const project = readProject(path.join(root, 'sparkq.yml'))
    const core = openWithClock(project, { clock, actor: 'test' })
    if (lanes) core.beginSupervision(lanes)
    const closers: (() => void | Promise<void>)[] = []
    const { url, errors } = await serve({ after: close => closers.push(close) }, core)
    const client = createHttpClient({ url })
    const close = async () => {
      client.close()
      for (const closeServer of closers) await closeServer()
      core.close()
      if (projectRoot === undefined) fs.rmSync(root, { recursive: true, force: true })
      if (errors.length > 0) throw new AggregateError(errors, 'the server met errors inside')
    }
    return { api: client, logs: project.logs, projectRoot: root, close }
  },
})
