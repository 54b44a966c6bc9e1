import { findProject } from '../../config.ts'
import { SparkqError } from '../../contract/errors.ts'
import { leaveTask } from '../../processes/scrub.ts'
import { serve } from '../../serve.ts'
import { exitCodeOf, reasonOf, waitForEnding } from '../../server/ending.ts'
import { failure, hasParent, tellParent } from '../../server/parent.ts'
import { defineCommand } from '../command.ts'
import { addressOptions, readAddress } from '../server-options.ts'
import { sayWhoComesIn } from '../server-text.ts'

/** What is left open when all has been stopped keeps the process no longer than this. */
const lingerMs = 2000

export const command = defineCommand({
  summary: 'Run the server here, until Ctrl-C.',
  options: addressOptions,
  notes: `The server gives other programs, the browser and other machines what the command line can do, and looks after
what is due. One server per project; a second one is refused (exit 4). Tasks go on without it.`,
  examples: ['sparkq run', 'sparkq run --host 127.0.0.1 --port 0'],
  local: true,
  ownsSignals: true,
  run: async ({ options, terminal: { out, err }, cwd, env }) => {
    leaveTask(env)
    const ended = waitForEnding()
    const isWatched = !hasParent()
    try {
      const project = findProject(cwd, env)
      const serving = await serve({ project, ...readAddress(options) })
      await tellParent({ type: 'sparkq_ready', address: serving.address })
      if (isWatched) {
        out.line(`SparkQ runs at ${serving.address}`)
        sayWhoComesIn(err, serving)
        err.line('  Ctrl-C                          stop it')
      }
      const ending = await ended
      if (isWatched) err.line('Stopping …')
      await serving.stop(reasonOf(ending))
      setTimeout(() => process.exit(), lingerMs).unref()
      return exitCodeOf(ending)
    } catch (error) {
      if (isWatched) throw error
      await tellParent(failure(error))
      return error instanceof SparkqError ? 1 : 70
    }
  },
})
