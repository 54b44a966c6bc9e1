import { findProject } from '../../config.ts'
import { leaveTask } from '../../processes/scrub.ts'
import { serverLockPath } from '../../server/places.ts'
import { startServer } from '../../server/start.ts'
import { stopServer } from '../../server/stop.ts'
import { defineCommand } from '../command.ts'
import { laneOptions } from '../lane-options.ts'
import { addressOptions, readAddress, readLanesHere } from '../server-options.ts'
import { sayStarted, sayStopping } from '../server-text.ts'

export const command = defineCommand({
  summary: 'Stop the server and start it again, in the background.',
  options: { ...addressOptions, ...laneOptions },
  notes: `It gets the --host and --port again that it was started with, unless others are given; what was left to the
settings is taken from sparkq.yml as it is now. It works the lanes that it worked, and those that are named. Tasks go on
meanwhile.`,
  examples: ['sparkq restart', 'sparkq restart --port 5006'],
  local: true,
  run: async ({ options, terminal, cwd, env }) => {
    leaveTask(env)
    // Before anything ends: with a mistake in the settings, it could not be started again.
    const project = findProject(cwd, env)
    const { host, port } = readAddress(options)
    const lanes = { ...(await readLanesHere(project, terminal, options)), asBefore: true }
    const stopped = await stopServer(serverLockPath(project), sayStopping(terminal))
    if (stopped) terminal.err.line(`Stopped the server (process ${stopped.process.pid}).`)
    const asked = { host: host ?? stopped?.asked.host ?? null, port: port ?? stopped?.asked.port ?? null }
    await sayStarted(terminal, project, await startServer(project, asked, env, lanes))
  },
})
