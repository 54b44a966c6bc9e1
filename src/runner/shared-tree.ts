import os from 'node:os'
import type { Api } from '../contract/api.ts'
import type { Attempt } from '../contract/attempts.ts'
import { SparkqError } from '../contract/errors.ts'
import type { Task } from '../contract/tasks.ts'

type Asked = Pick<Api, 'listEvents' | 'listTasks' | 'listAttempts'>

/** More would take longer than the answer is worth: with so many others, one of them was in the tree. */
const mostPages = 20

/**
 * Whether another task ran in the work tree of this one while it did: what changed there may be the other one's.
 * @param tree of the attempt, where it has one to itself
 */
export async function wasShared(api: Asked, task: Task, tree: string | null): Promise<boolean> {
  if (tree?.includes(':queue:')) return false
  const others = new Map<string, Set<number>>()
  const meet = (id: string | null, attempt: number | null): void => {
    if (id === null || id === task.id || attempt === null) return
    others.set(id, (others.get(id) ?? new Set()).add(attempt))
  }
  const { tasks } = await api.listTasks({ status: 'running', limit: 500 })
  for (const { id, attempt } of tasks) meet(id, attempt)
  let after = await startOf(api, task)
  for (let page = 0; after !== null && page < mostPages; page++) {
    const { events } = await api.listEvents({ after, limit: 500 })
    for (const { task_id, attempt, from_status, to_status } of events)
      if (from_status === 'running' || to_status === 'running') meet(task_id, attempt)
    after = events.length < 500 ? null : (events.at(-1)?.seq ?? null)
  }
  for (const [id, numbers] of others) if (await isInTree(api, id, numbers)) return true
  return false
}

/** Where in the log our own attempt began; null where the log does not tell. */
async function startOf(api: Asked, { id, attempt }: Task): Promise<number | null> {
  const { events } = await api.listEvents({ task_id: id, event: 'task.claimed', limit: 100 })
  return events.find(it => it.attempt === attempt)?.seq ?? null
}

async function isInTree(api: Asked, id: string, numbers: ReadonlySet<number>): Promise<boolean> {
  const { attempts } = await api.listAttempts({ id }).catch(unlessDeleted)
  return attempts.some(it => numbers.has(it.number) && isHere(it))
}

/** A task that was deleted meanwhile cannot be asked any more. */
function unlessDeleted(error: unknown): { attempts: Attempt[] } {
  if (error instanceof SparkqError && error.code === 'not_found') return { attempts: [] }
  throw error
}

const isHere = ({ tree, process }: Attempt): boolean =>
  !tree?.includes(':queue:') && (process === null || process.hostname === os.hostname())
