import path from 'node:path'
import { findProject } from '../../config.ts'
import { conflict } from '../../contract/errors.ts'
import { applyConfig } from '../../live-config.ts'
import { withServer } from '../../server/client.ts'
import { findServer } from '../../server/lock.ts'
import { serverLockPath } from '../../server/places.ts'
import { defineCommand } from '../command.ts'
import { jsonOption } from '../options.ts'
import { printJson } from '../terminal.ts'
import { count, oneLine } from '../text.ts'

export const command = defineCommand({
  summary: 'Apply sparkq.yml as it is now.',
  options: { json: jsonOption },
  notes: `A server and runners that run take it over at once, but for the server's address and the database. Overrides, and tools
and classes of your own, stay, and are named where they hide a change. A file with a mistake changes nothing (exit 2).`,
  examples: ['sparkq reload'],
  local: true,
  run: async ({ options, terminal: { out, err }, cwd, env }) => {
    const project = findProject(cwd, env)
    const server = findServer(serverLockPath(project))
    if (server?.address === null) {
      throw conflict(`The server (process ${server.process.pid}) is about to start.`, 'sparkq reload')
    }
    const answer = server
      ? await withServer(server.address, api => api.reload())
      : applyConfig(project, 'cli')
    if (options.json) return printJson(out, answer)
    const { changes, warnings } = answer
    const name = path.basename(project.configFile)
    out.line(
      changes.length === 0
        ? `Nothing in ${name} has changed.`
        : `Applied ${name} · ${count(changes.length, 'change')}`,
    )
    for (const change of changes) out.line(`  ${oneLine(change)}`)
    for (const warning of warnings) err.line(oneLine(warning))
  },
})
