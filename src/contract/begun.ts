import type { Api } from './api.ts'
import type { Attempt } from './attempts.ts'
import { readPages } from './pages.ts'
import type { Task } from './tasks.ts'

/** A task that runs, with the attempt that runs. */
export type Begun = { task: Task; attempt: Attempt }

type Where = { queue_id?: string }

/** What runs, the newest first. */
export async function listRunning(api: Api, where: Where = {}): Promise<Task[]> {
  const { tasks } = await readPages('tasks', page => api.listTasks({ ...where, status: 'running', ...page }))
  return tasks
}

/** What runners began and nobody has ended, the newest first. What workers outside began is theirs to end. */
export async function listBegun(api: Api, where: Where = {}): Promise<Begun[]> {
  return begunByRunners(api, await listRunning(api, where))
}

/** What runners began in lanes that have none now, the newest first. */
export async function listLeft(api: Api): Promise<Begun[]> {
  const tasks = await listRunning(api)
  if (tasks.length === 0) return []
  const { runners } = await api.listRunners()
  const worked = new Set(runners.filter(it => !it.lost).map(it => it.queue.id))
  return begunByRunners(
    api,
    tasks.filter(it => !worked.has(it.queue.id)),
  )
}

async function begunByRunners(api: Api, tasks: Task[]): Promise<Begun[]> {
  const begun: Begun[] = []
  for (const task of tasks) {
    const { attempts } = await api.listAttempts({ id: task.id })
    const attempt = attempts.find(it => it.number === task.attempt)
    if (attempt && attempt.runner_id !== null) begun.push({ task, attempt })
  }
  return begun
}
