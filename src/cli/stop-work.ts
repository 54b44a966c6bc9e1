import type { Api } from '../contract/api.ts'
import type { ProcessIdentity } from '../contract/attempts.ts'
import { conflict } from '../contract/errors.ts'
import type { Task } from '../contract/tasks.ts'
import { liveness } from '../processes/identity.ts'
import { cancelAndWait } from './cancel-and-wait.ts'
import { listQueues } from './lanes.ts'
import { readPages } from './pages.ts'
import type { Face } from './terminal.ts'

/** How long a runner may take to go once it was asked to. */
const runnerEndMs = 30_000

export async function listRunning(api: Api): Promise<Task[]> {
  const { tasks } = await readPages('tasks', page => api.listTasks({ status: 'running', ...page }))
  return tasks
}

/** Stops all work of a project: lanes first, so that nothing begins anew, then tasks, then runners. */
export async function stopWork(api: Api, err: Face): Promise<void> {
  for (const queue of await listQueues(api)) {
    if (queue.status === 'active')
      await api.pauseQueue({ id: queue.id, reason: 'The project is taken down.' })
  }
  for (const task of await listRunning(api)) {
    await cancelAndWait(api, task.id, ({ friendly_id }) => err.line(`Stopping ${friendly_id} …`))
  }
  const { runners } = await api.listRunners()
  for (const { process: runner, queue } of runners) {
    if (liveness(runner) !== 'alive') continue
    err.line(`Stopping the runner of "${queue.name}" (process ${runner.pid}) …`)
    await stopRunner(runner)
  }
}

/** Asks a runner of this machine to go, and waits until it has; its task runs on. */
export async function stopRunner(runner: ProcessIdentity): Promise<void> {
  const deadline = performance.now() + runnerEndMs
  signal(runner.pid)
  while (liveness(runner) === 'alive') {
    if (performance.now() > deadline)
      throw conflict(`The runner (process ${runner.pid}) does not end.`, `kill -9 ${runner.pid}`)
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

function signal(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM')
  } catch (error) {
    // It went by itself meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
