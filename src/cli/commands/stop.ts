import { findProject } from '../../config.ts'
import { conflict } from '../../contract/errors.ts'
import { shellQueue } from '../../contract/shell-word.ts'
import { liveness } from '../../processes/identity.ts'
import { serverLockPath } from '../../server/places.ts'
import { stopServer } from '../../server/stop.ts'
import { type Context, defineCommand } from '../command.ts'
import { sayNext } from '../hints.ts'
import { findQueue, findRunner } from '../lanes.ts'
import { queueOption } from '../options.ts'
import { sayNoServer, sayStopping } from '../server-text.ts'
import { stopRunner } from '../stop-work.ts'

const options = { queue: { ...queueOption, describe: 'stop the runner of this lane instead' } } as const

export const command = defineCommand({
  summary: 'Stop the server, or the runner of a lane.',
  options,
  notes: `The server answers requests under way first; runners and tasks go on. A runner that is stopped leaves its task running:
the next runner of the lane takes it up.`,
  examples: ['sparkq stop', 'sparkq stop --queue auth'],
  local: true,
  run: async context => {
    const { options, terminal, cwd, env } = context
    if (options.queue !== undefined) return stopLane(context, options.queue)
    const project = findProject(cwd, env)
    const stopped = await stopServer(serverLockPath(project), sayStopping(terminal))
    if (stopped) terminal.out.line(`Stopped the server (process ${stopped.process.pid}).`)
    else sayNoServer(terminal)
  },
})

async function stopLane(
  { connect, terminal }: Context<Record<never, never>, typeof options>,
  name: string,
): Promise<undefined> {
  const { api } = await connect()
  const queue = await findQueue(api, name)
  const runner = await findRunner(api, queue.id)
  if (!runner) {
    terminal.out.line(`No runner works "${queue.name}".`)
    return
  }
  const { pid, hostname } = runner.process
  if (liveness(runner.process) === 'remote') {
    throw conflict(
      `The runner of "${queue.name}" is process ${pid} on ${hostname}.`,
      `ssh ${hostname} kill ${pid}`,
    )
  }
  const running = runner.task_id === null ? undefined : (await api.getTask({ id: runner.task_id })).task
  await stopRunner(runner.process)
  terminal.out.line(`Stopped the runner of "${queue.name}" (process ${pid}).`)
  if (!running) return
  terminal.err.line(`${running.friendly_id} goes on without it; the next runner takes it up.`)
  sayNext(terminal.err, [
    [`sparkq runner ${shellQueue(queue.name)}`, 'take it up'],
    [`sparkq cancel ${running.friendly_id}`, 'stop it'],
  ])
}
