import fs from 'node:fs'
import path from 'node:path'
import { readProject } from '../../src/config.ts'
import { makeTempFolder, writeFiles } from '../support/folder.ts'
import { openWithClock } from '../support/project.ts'
import { conformance } from './suite.ts'

conformance({
  name: 'core over a database of this machine',
  open: async ({ clock, config, projectRoot, lanes }) => {
    const root = projectRoot ?? makeTempFolder()
    if (projectRoot === undefined) writeFiles(root, { 'sparkq.yml': config ?? '' })
    const project = readProject(path.join(root, 'sparkq.yml'))
    const core = openWithClock(project, { clock, actor: 'test' })
    if (lanes) core.beginSupervision(lanes)
    const close = async () => {
      core.close()
      if (projectRoot === undefined) fs.rmSync(root, { recursive: true, force: true })
    }
    return { api: core, logs: project.logs, projectRoot: root, close }
  },
})
