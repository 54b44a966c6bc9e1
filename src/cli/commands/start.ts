import { findProject } from '../../config.ts'
import { leaveTask } from '../../processes/scrub.ts'
import { startServer } from '../../server/start.ts'
import { defineCommand } from '../command.ts'
import { addressOptions, readAddress } from '../server-options.ts'
import { sayStarted } from '../server-text.ts'

export const command = defineCommand({
  summary: 'Start the server in the background.',
  options: addressOptions,
  notes: `Returns once the server answers. It goes on when the terminal is closed; "sparkq stop" ends it. What it has to say
stands in sparkq/logs/sparkq.log.`,
  examples: ['sparkq start', 'sparkq start --port 0'],
  local: true,
  run: async ({ options, terminal, cwd, env }) => {
    leaveTask(env)
    const project = findProject(cwd, env)
    sayStarted(terminal, await startServer(project, readAddress(options), env))
  },
})
