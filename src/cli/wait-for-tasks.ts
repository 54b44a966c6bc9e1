import type { Api } from '../contract/api.ts'
import type { Event } from '../contract/events.ts'
import type { Task } from '../contract/tasks.ts'
import { keepTime, lastEvent } from './follow.ts'
import { ifAny } from './lanes.ts'

export type Watcher = {
  /** A task has ended, or had ended already. */
  onEnded(task: Task): void
  onDeleted(task: Task): void
  /** Something happened to a lane in which tasks are waited for; also called once at the beginning. */
  onLane(queueId: string): Promise<void>
}

/**
 * Waits until all these tasks have ended or were deleted, or the signal aborts.
 * @returns those that have not ended
 */
export async function waitForTasks(
  api: Api,
  refs: readonly string[],
  watcher: Watcher,
  signal: AbortSignal,
): Promise<Task[]> {
  // Asked first: what ends between the two is then seen twice, and counted once, but never missed.
  const after = await lastEvent(api)
  const pending = await findPending(api, refs, watcher)
  for (const queueId of lanesOf(pending)) await watcher.onLane(queueId)
  const stopTime = keepTime(api)
  try {
    await follow(api, pending, watcher, after, signal)
  } finally {
    stopTime()
  }
  return [...pending.values()]
}

async function findPending(api: Api, refs: readonly string[], watcher: Watcher): Promise<Map<string, Task>> {
  const tasks = new Map<string, Task>()
  // All are looked up before one is reported: a mistyped one is refused at once.
  for (const id of refs) {
    const { task } = await api.getTask({ id })
    tasks.set(task.id, task)
  }
  for (const task of tasks.values()) {
    if (task.finished_at === null) continue
    tasks.delete(task.id)
    watcher.onEnded(task)
  }
  return tasks
}

async function follow(
  api: Api,
  pending: Map<string, Task>,
  watcher: Watcher,
  after: number,
  signal: AbortSignal,
): Promise<void> {
  if (pending.size === 0) return
  for await (const event of api.watchEvents({ after, signal })) {
    const task = event.task_id === null ? undefined : pending.get(event.task_id)
    if (task) await hear(api, event, task, pending, watcher)
    if (event.event === 'queue.deleted') forgetLane(event, pending, watcher)
    if (pending.size === 0) return
    if (changesLane(event) && lanesOf(pending).has(event.queue_id ?? ''))
      await watcher.onLane(event.queue_id ?? '')
  }
}

/** What can make a lane stand still, or go on: its own events, its runner's, and the end of what ran in it. */
function changesLane({ event, task_id }: Event): boolean {
  return task_id === null || hasEnded(event) || event === 'task.returned'
}

const hasEnded = (event: Event['event']): boolean => event === 'task.succeeded' || event === 'task.failed'

async function hear(api: Api, { event }: Event, task: Task, pending: Map<string, Task>, watcher: Watcher) {
  if (!hasEnded(event) && event !== 'task.deleted') return
  pending.delete(task.id)
  // What has ended may be deleted by the time it is looked at.
  const answer = await ifAny(api.getTask({ id: task.id }))
  if (answer) watcher.onEnded(answer.task)
  else watcher.onDeleted(task)
}

/** A queue that is deleted takes its tasks along. */
function forgetLane({ queue_id }: Event, pending: Map<string, Task>, watcher: Watcher): void {
  for (const task of [...pending.values()]) {
    if (task.queue.id !== queue_id) continue
    pending.delete(task.id)
    watcher.onDeleted(task)
  }
}

function lanesOf(pending: Map<string, Task>): Set<string> {
  return new Set([...pending.values()].map(task => task.queue.id))
}
