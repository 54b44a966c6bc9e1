import type { Api } from '../contract/api.ts'
import type { ProcessIdentity } from '../contract/attempts.ts'
import { listRunning } from '../contract/begun.ts'
import { conflict, type SparkqError } from '../contract/errors.ts'
import type { Task } from '../contract/tasks.ts'
import { askToGo } from '../processes/ask-to-go.ts'
import { liveness } from '../processes/identity.ts'
import { cancelAndWait } from './cancel-and-wait.ts'
import { listQueues } from './lanes.ts'
import type { Face } from './terminal.ts'

/** How long a runner may take to go once it was asked to. */
const runnerEndMs = 30_000

/**
 * Stops all tasks of a project: lanes first, so that nothing begins anew, whoever keeps runners on them.
 * @throws conflict when tasks run and it is not `forced`; lanes then go on as before
 */
export async function stopTasks(api: Api, err: Face, forced: boolean): Promise<void> {
  const paused: string[] = []
  for (const queue of await listQueues(api)) {
    if (queue.status !== 'active') continue
    await api.pauseQueue({ id: queue.id, reason: 'The project is taken down.' })
    paused.push(queue.id)
  }
  const running = await listRunning(api)
  if (running.length > 0 && !forced) {
    for (const id of paused) await api.resumeQueue({ id })
    throw stillRunning(running)
  }
  for (const task of running)
    await cancelAndWait(api, task.id, ({ friendly_id }) => err.line(`Stopping ${friendly_id} …`))
}

export function stillRunning(running: readonly Task[]): SparkqError {
  const names = running.map(task => task.friendly_id).join(', ')
  return conflict(
    `${names} ${running.length === 1 ? 'is' : 'are'} still running: nothing was removed.`,
    `sparkq cancel ${running[0]?.friendly_id}\nsparkq teardown --force`,
  )
}

/** Stops the runners of a project, and first what would start them again. */
export async function stopRunners(api: Api, err: Face): Promise<void> {
  const { runners } = await api.listRunners()
  for (const { supervisor } of runners) {
    if (supervisor === null || liveness(supervisor) !== 'alive') continue
    err.line(`Stopping what keeps the runners (process ${supervisor.pid}) …`)
    await stopRunner(supervisor)
  }
  for (const { process: runner, queue } of runners) {
    const state = liveness(runner)
    if (state === 'remote')
      err.line(`The runner of "${queue.name}" on ${runner.hostname} is out of reach: end it there.`)
    if (state !== 'alive') continue
    err.line(`Stopping the runner of "${queue.name}" (process ${runner.pid}) …`)
    await stopRunner(runner)
  }
}

/** Asks a runner of this machine to go, and waits until it has; its task runs on. */
export async function stopRunner(runner: ProcessIdentity): Promise<void> {
  const deadline = performance.now() + runnerEndMs
  askToGo(runner.pid)
  while (liveness(runner) === 'alive') {
    if (performance.now() > deadline)
      throw conflict(`The runner (process ${runner.pid}) does not end.`, `kill -9 ${runner.pid}`)
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}
