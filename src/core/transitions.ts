import { conflict } from '../contract/errors.ts'
import type { EventName } from '../contract/events.ts'
import type { Queue } from '../contract/queues.ts'
import { shellArgument } from '../contract/shell-word.ts'
import type { Task } from '../contract/tasks.ts'
import { timestamp } from '../contract/time.ts'
import type { QueueChange } from '../store/queues.ts'
import type { TaskChange } from '../store/tasks.ts'
import type { Context } from './context.ts'
import { findQueue, getTask } from './find.ts'
import { type QueueStep, queueSteps, type TaskStep, taskSteps } from './lifecycle.ts'

type Note = { event: EventName; attempt?: number | null; data?: unknown }

/**
 * Takes one step of the task lifecycle: one guarded statement and its audit row. Call it inside a transaction.
 * @param fence the attempt that must still be the current one
 * @throws conflict when the task is not in a state that allows the step
 */
export function stepTask(
  ctx: Context,
  task: Task,
  step: TaskStep,
  { set, fence, note }: { set: TaskChange; fence?: number | null; note: Note },
): Task {
  const { from, to } = taskSteps[step]
  const moved = ctx.store.tasks.transition(
    task.id,
    { from, to, set, ...(fence === undefined ? {} : { attempt: fence }) },
    timestamp(ctx.clock()),
  )
  const now = getTask(ctx, task.id)
  if (!moved) throw refusal(now, step, fence)
  noteTask(ctx, task, { ...note, from_status: task.status, to_status: to })
  return now
}

/** Steps a queue; the same rules as for a task. */
export function stepQueue(
  ctx: Context,
  queue: Queue,
  step: QueueStep,
  { set, note, to = queueSteps[step].to }: { set: QueueChange; note: Note; to?: Queue['status'] },
): Queue {
  const moved = ctx.store.queues.transition(queue.id, to, queueSteps[step].from, set, timestamp(ctx.clock()))
  const now = findQueue(ctx, queue.id)
  if (!moved) throw queueRefusal(now, step)
  noteQueue(ctx, queue, { ...note, from_status: queue.status, to_status: to })
  return now
}

export function noteTask(
  ctx: Context,
  task: Task,
  note: Note & { from_status?: string | null; to_status?: string | null },
): void {
  ctx.store.audit.append({
    at: timestamp(ctx.clock()),
    actor: ctx.actor,
    session_id: task.session.id,
    queue_id: task.queue.id,
    task_id: task.id,
    ...note,
  })
}

export function noteQueue(
  ctx: Context,
  queue: Queue,
  note: Note & { from_status?: string | null; to_status?: string | null },
): void {
  ctx.store.audit.append({
    at: timestamp(ctx.clock()),
    actor: ctx.actor,
    session_id: queue.session.id,
    queue_id: queue.id,
    ...note,
  })
}

const taskNeeds: Record<TaskStep, string> = {
  enqueue: 'a new task can be queued',
  claim: 'a queued task can be claimed',
  succeed: 'a running task can be completed',
  fail: 'a running task can be failed',
  give_back: 'a running task can be given back',
  cancel: 'a queued or running task can be cancelled',
}

function refusal(task: Task, step: TaskStep, fence: number | null | undefined) {
  if (fence !== undefined && task.attempt !== fence) {
    return conflict(
      `Attempt ${fence} of ${task.friendly_id} is over; its current one is ${task.attempt ?? 'none'}.`,
      `sparkq task ${task.friendly_id}`,
    )
  }
  return wrongState(task, taskNeeds[step])
}

/** "AUTH-7 is succeeded: only a running task can be completed." */
export function wrongState(task: Task, needs: string) {
  return conflict(`${task.friendly_id} is ${task.status}: only ${needs}.`, `sparkq task ${task.friendly_id}`)
}

function queueRefusal(queue: Queue, step: QueueStep) {
  const already = queue.status === queueSteps[step].to && step !== 'unarchive'
  const words: Record<Queue['status'], string> = {
    active: 'active',
    idle: 'paused',
    planned: 'planned',
    ended: 'ended',
    archived: 'archived',
  }
  return conflict(
    already
      ? `Queue "${queue.name}" is ${words[queue.status]} already.`
      : `Queue "${queue.name}" is ${words[queue.status]}: it cannot be ${pastOf[step]}.`,
    `sparkq queue show ${shellArgument(queue.name)}`,
  )
}

const pastOf: Record<QueueStep, string> = {
  create: 'created',
  activate: 'activated',
  pause: 'paused',
  resume: 'resumed',
  end: 'ended',
  archive: 'archived',
  unarchive: 'unarchived',
}
