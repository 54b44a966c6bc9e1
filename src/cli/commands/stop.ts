import { findProject } from '../../config.ts'
import { serverLockPath } from '../../server/places.ts'
import { stopServer } from '../../server/stop.ts'
import { defineCommand } from '../command.ts'
import { sayNoServer, sayStopping } from '../server-text.ts'

export const command = defineCommand({
  summary: 'Stop the server.',
  notes: 'Requests under way are answered first. Runners and tasks go on.',
  examples: ['sparkq stop'],
  local: true,
  run: async ({ terminal, cwd, env }) => {
    const project = findProject(cwd, env)
    const stopped = await stopServer(serverLockPath(project), sayStopping(terminal))
    if (stopped) terminal.out.line(`Stopped the server (process ${stopped.process.pid}).`)
    else sayNoServer(terminal)
  },
})
