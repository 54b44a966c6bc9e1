import { randomUUID } from 'node:crypto'
import { SparkqError } from '../src/contract/errors.ts'
import type { Task } from '../src/contract/tasks.ts'
import { waitFor } from '../test/support/wait.ts'
import { insist, report, type Stage } from './acting.ts'
import { type LaneName, lanes } from './plan.ts'

/** For a lane that is stuck, not for a machine that is slow. */
const limitMs = 60_000

/** Nobody is killed any more: what is left is worked off, as a person would see to it. */
export async function drain(stage: Stage): Promise<void> {
  let open: Task[] = []
  const isDrained = async (): Promise<boolean> => {
    // One look for both: a task goes from one list to the other between two.
    const { tasks } = await insist(stage, api => api.getStats())
    if (tasks.queued + tasks.running === 0) return isKept(stage)
    open = await openTasks(stage)
    await resumeAll(stage)
    for (const task of open.filter(it => it.tool_name === 'llm-haiku')) await workOutside(stage, task)
    return false
  }
  await waitFor('all is worked off', isDrained, limitMs).catch(error => {
    if (open.length === 0) throw new Error('Not every lane has its runner again.', { cause: error })
    const left = open.map(it => `${it.friendly_id} ${it.id} ${it.status} ${it.wait_reason ?? ''}`)
    throw new Error(`Not worked off in ${limitMs / 1000} s:\n${left.join('\n')}`, { cause: error })
  })
}

/** Whoever was killed last is back, too: what it left is its successor's to clear away. */
async function isKept(stage: Stage): Promise<boolean> {
  const { runners } = await insist(stage, api => api.listRunners())
  const held = runners.filter(it => !it.lost).map(it => it.queue.name)
  return lanes.every(lane => held.includes(lane))
}

async function openTasks(stage: Stage): Promise<Task[]> {
  const lists = await insist(stage, api =>
    Promise.all((['queued', 'running'] as const).map(status => api.listTasks({ status, limit: 500 }))),
  )
  return lists.flatMap(it => it.tasks)
}

/** A lane pauses when a task of it was lost. */
async function resumeAll(stage: Stage): Promise<void> {
  const { queues } = await insist(stage, api => api.listQueues({ status: 'idle' }))
  for (const { id } of queues) await unlessConflict(insist(stage, api => api.resumeQueue({ id })))
}

async function workOutside(stage: Stage, task: Task): Promise<void> {
  const name = task.queue.name as LaneName
  if (task.status === 'running') return unlessConflict(report(stage, task, 'complete'))
  // It may be another task that is next: each claim has a key of its own.
  const input = { id: name, worker_id: 'outside', claim_key: randomUUID(), tools: ['llm-haiku'] }
  await unlessConflict(insist(stage, api => api.claimTask(input)))
}

/** Somebody else was first. */
async function unlessConflict(done: Promise<unknown>): Promise<void> {
  await done.catch(error => {
    if (!(error instanceof SparkqError) || error.code !== 'conflict') throw error
  })
}
