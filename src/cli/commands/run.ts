import { findProject } from '../../config.ts'
import { SparkqError } from '../../contract/errors.ts'
import { leaveTask } from '../../processes/scrub.ts'
import { serve } from '../../serve.ts'
import { exitCodeOf, reasonOf, waitForEnding } from '../../server/ending.ts'
import { failure, hasParent, tellParent } from '../../server/parent.ts'
import { defineCommand } from '../command.ts'
import { laneOptions } from '../lane-options.ts'
import { createLanesView } from '../lanes-view.ts'
import { addressOptions, asBeforeOption, readAddress, readLanesHere } from '../server-options.ts'
import { sayWhoComesIn } from '../server-text.ts'

/** What is left open when all has been stopped keeps the process no longer than this. */
const lingerMs = 2000

export const command = defineCommand({
  summary: 'Run the server here, with runners for the lanes that are named, until Ctrl-C.',
  options: { ...addressOptions, ...laneOptions, 'as-before': asBeforeOption },
  notes: `The server gives other programs, the browser and other machines what the command line can do, and looks after
what is due. One server per project; a second one is refused (exit 4).
It keeps a runner on each lane that is named, and starts one again that dies. Without names it keeps none, until
"sparkq start --queue NAME" or the web page says so. When it ends, its runners go; tasks go on, and the next runner of
their lane takes them up.`,
  examples: ['sparkq run --all', 'sparkq run -q auth -q api', 'sparkq run --host 127.0.0.1 --port 0'],
  local: true,
  ownsSignals: true,
  run: async ({ options, terminal, cwd, env }) => {
    leaveTask(env)
    const { out, err } = terminal
    const isWatched = !hasParent()
    try {
      const project = findProject(cwd, env)
      // Questions end with Ctrl-C as everywhere; from here on, signals end the server.
      const lanes = await readLanesHere(project, terminal, options)
      const ended = waitForEnding()
      const keeping = {
        lanes: { ...lanes, asBefore: options['as-before'] },
        script: process.argv[1] as string,
        env,
        ...(isWatched ? { report: createLanesView(terminal) } : {}),
      }
      const serving = await serve({ project, keeping, ...readAddress(options) })
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
