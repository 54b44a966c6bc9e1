import type { Input, Output } from '../contract/api.ts'
import type { Attempt } from '../contract/attempts.ts'
import { conflict, invalid } from '../contract/errors.ts'
import type { Task } from '../contract/tasks.ts'
import { timestamp } from '../contract/time.ts'
import { getAttempt, requireCurrent } from './attempt.ts'
import { type Context, change } from './context.ts'
import { endAttempt, saidAlready } from './endings.ts'
import { findTask, getTask } from './find.ts'
import { whatWasSeen } from './outcome.ts'
import { noteTask, wrongState } from './transitions.ts'

export function listAttempts(ctx: Context, { id }: Input<'listAttempts'>): Output<'listAttempts'> {
  return { attempts: ctx.store.attempts.list(findTask(ctx, id).id) }
}

export function startAttempt(ctx: Context, input: Input<'startAttempt'>): Output<'startAttempt'> {
  return change(ctx, () => {
    const task = requireCurrent(findTask(ctx, input.id), input.attempt)
    const started_at = timestamp(ctx.clock())
    ctx.store.attempts.start(task.id, input.attempt, {
      process: JSON.stringify(input.process),
      command: JSON.stringify(input.command),
      cwd: input.cwd,
      started_at,
    })
    ctx.store.tasks.markStarted(task.id, started_at)
    noteTask(ctx, task, { event: 'task.started', attempt: input.attempt, data: { pid: input.process.pid } })
    return { attempt: getAttempt(ctx, task, input.attempt) }
  })
}

export function stopAttempt(ctx: Context, input: Input<'stopAttempt'>): Output<'stopAttempt'> {
  return change(ctx, () => {
    const task = requireCurrent(findTask(ctx, input.id), input.attempt)
    ctx.store.attempts.stop(task.id, input.attempt, input.cause)
    return { attempt: getAttempt(ctx, task, input.attempt) }
  })
}

/** Marks are set and taken away once: said again, they stay as they are. */
export function flagAttempt(ctx: Context, input: Input<'flagAttempt'>): Output<'flagAttempt'> {
  return change(ctx, () => {
    const task = requireCurrent(findTask(ctx, input.id), input.attempt)
    if (input.stale) markStale(ctx, task)
    if (input.stalled !== undefined) markStalled(ctx, task, input.stalled, input.idle_seconds ?? 0)
    return { task: getTask(ctx, task.id) }
  })
}

/** Call it inside a transaction. */
export function markStale(ctx: Context, task: Task): void {
  if (task.stale_warned_at !== null) return
  ctx.store.tasks.markStale(task.id, timestamp(ctx.clock()))
  noteTask(ctx, task, { event: 'task.stale', attempt: task.attempt, data: { stops_at: task.stops_at } })
}

function markStalled(ctx: Context, task: Task, stalled: boolean, idleSeconds: number): void {
  if (stalled === (task.stalled_at !== null)) return
  const now = ctx.clock()
  const since = stalled ? timestamp(now - idleSeconds * 1000) : null
  ctx.store.tasks.markStalled(task.id, since, timestamp(now))
  noteTask(ctx, task, {
    event: stalled ? 'task.stalled' : 'task.revived',
    attempt: task.attempt,
    data: { since: stalled ? since : task.stalled_at },
  })
}

/** Says how an attempt ended. Said twice, it changes nothing; said of an attempt that is over otherwise, it is a conflict. */
export function finishAttempt(ctx: Context, input: Input<'finishAttempt'>): Output<'finishAttempt'> {
  return change(ctx, () => {
    const task = findTask(ctx, input.id)
    const attempt = getAttempt(ctx, task, input.attempt)
    if (isSaidAgain(attempt, input)) return { task }
    const ended = endAttempt(ctx, requireCurrent(task, input.attempt), input.attempt, input.ending, input)
    return { task: ended }
  })
}

/** A runner that did not hear our answer says the same again. */
function isSaidAgain(attempt: Attempt, { ending, finished_at }: Input<'finishAttempt'>): boolean {
  if (attempt.finished_at === null) return false
  if (finished_at !== undefined && finished_at !== attempt.finished_at) return false
  const seen = whatWasSeen(ending)
  return (
    seen.error_type === attempt.error_type &&
    seen.exit_code === attempt.exit_code &&
    seen.signal === attempt.signal
  )
}

export function completeTask(ctx: Context, input: Input<'completeTask'>): Output<'completeTask'> {
  const result_summary = requireWords(input.result_summary, 'A summary')
  const result_data = input.result_data ?? null
  return change(ctx, () => {
    const { task, attempt } = findReported(ctx, input)
    if (saidAlready(attempt, 'succeeded', { result_summary, result_data })) return { task }
    refuseExecuted(requireCurrent(task, attempt.number), attempt)
    const report = { result_summary, result_data: input.result_data }
    return { task: endAttempt(ctx, task, attempt.number, { kind: 'completed' }, report) }
  })
}

export function failTask(ctx: Context, input: Input<'failTask'>): Output<'failTask'> {
  const error_message = requireWords(input.error_message, 'A reason')
  const error_detail = input.error_detail ?? null
  return change(ctx, () => {
    const { task, attempt } = findReported(ctx, input)
    if (saidAlready(attempt, 'failed', { error_message, error_detail })) return { task }
    refuseExecuted(requireCurrent(task, attempt.number), attempt)
    const ended = { kind: 'reported', message: error_message } as const
    return { task: endAttempt(ctx, task, attempt.number, ended, { error_detail }) }
  })
}

function findReported(ctx: Context, input: { id: string; attempt?: number | undefined }) {
  const task = findTask(ctx, input.id)
  const number = input.attempt ?? task.attempt
  if (number === null) throw wrongState(task, 'a running task can be finished')
  return { task, attempt: getAttempt(ctx, task, number) }
}

/** A runner that executes a task sees how it ends; nobody else can say so. */
function refuseExecuted(task: Task, attempt: Attempt): void {
  if (attempt.runner_id === null) return
  throw conflict(
    `${task.friendly_id} is being executed by ${attempt.worker_id ?? 'a runner'}, which will say how it ended.`,
    `sparkq cancel ${task.friendly_id}`,
  )
}

function requireWords(text: string, what: string): string {
  const words = text.replaceAll('\0', '').trim()
  if (words === '') throw invalid(`${what} must not be blank.`)
  return words
}
