import { type AttemptFiles, attemptFiles, realOutputs } from '../attempt-files/paths.ts'
import { readReport } from '../attempt-files/result.ts'
import { type RunStatus, readStatus } from '../attempt-files/status.ts'
import type { Input, Output } from '../contract/api.ts'
import type { Attempt, StopCause } from '../contract/attempts.ts'
import { SparkqError } from '../contract/errors.ts'
import type { Task } from '../contract/tasks.ts'
import { timestamp } from '../contract/time.ts'
import { stopTree } from '../processes/stop.ts'
import { treeOf } from '../processes/tree-of.ts'
import { type Context, change } from './context.ts'
import { endAttempt, failQueued, type Report } from './endings.ts'
import { findTaskId, getTask } from './find.ts'
import type { Ended } from './outcome.ts'
import { isAlive } from './runners.ts'
import { noteTask, wrongState } from './transitions.ts'

/**
 * Cancels a task. A queued one fails at once. Of a running one, the runner that executes it is asked to stop its
 * processes: the task is then still `running`, with `cancel_requested_at`. Where that runner is gone, they are stopped
 * here; a worker outside just loses the task.
 */
export async function cancelTask(ctx: Context, input: Input<'cancelTask'>): Promise<Output<'cancelTask'>> {
  const id = findTaskId(ctx, input.id)
  const task = change(ctx, () => {
    const found = getTask(ctx, id)
    if (found.status === 'queued') return failQueued(ctx, found, 'Cancelled before it ran.')
    if (found.status !== 'running') throw wrongState(found, 'a queued or running task can be cancelled')
    return requestCancel(ctx, found)
  })
  if (task.status !== 'running' || isHeld(ctx, task)) return { task }
  return { task: await stopHere(ctx, task, 'cancelled') }
}

/** Cancels a running task and waits until it has ended. */
export async function cancelAndWait(ctx: Context, id: string): Promise<void> {
  if (getTask(ctx, id).status !== 'running') return
  await cancelTask(ctx, { id })
  const deadline = performance.now() + (ctx.config.limits.stop_grace + 20) * 1000
  while (ctx.store.tasks.get(id)?.status === 'running') {
    if (performance.now() > deadline) {
      const { friendly_id } = getTask(ctx, id)
      throw new SparkqError('conflict', `${friendly_id} is still being stopped.`, {
        hint: `sparkq task ${friendly_id}`,
      })
    }
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

/**
 * Whether a live runner executes this task: then ending it is that runner's alone. Whichever runner holds the lane: it
 * takes up what an earlier one left before it does anything else.
 */
export function isHeld(ctx: Context, task: Task, holds = isAlive): boolean {
  if (currentAttempt(ctx, task)?.runner_id == null) return false
  const runner = ctx.store.runners.ofQueue(task.queue.id)
  return runner !== undefined && holds(ctx, runner)
}

/**
 * Ends a running task whose runner is gone. One that has ended by itself gets its true end; of any other, what is left
 * of its processes on this machine is stopped, with the cause in the database before the first signal.
 */
export async function stopHere(ctx: Context, task: Task, cause: StopCause): Promise<Task> {
  const attempt = currentAttempt(ctx, task)
  const first = attempt?.stop_cause ?? cause
  if (!attempt?.runner_id)
    return end(ctx, task, first === 'timeout' ? { kind: 'timed_out' } : stopped(first), {})
  const files = attemptFiles(ctx.logs, attempt.task_id, attempt.number)
  const status = readStatus(files.status)
  if (status.exit && attempt.stop_cause === null)
    return end(ctx, task, exitOf(status.exit), reportOf(files, status))

  change(ctx, () => ctx.store.attempts.stop(task.id, attempt.number, cause))
  const tree = treeOf({
    mark: attempt.claim_key ?? '',
    wrapper: attempt.process,
    pid: status.pid,
    outputs: realOutputs(files),
  })
  const stop = await stopTree(tree, { graceMs: ctx.config.limits.stop_grace * 1000 })
  return end(ctx, task, stopped(first), { stop })
}

function end(ctx: Context, task: Task, ended: Ended, report: Report): Task {
  return change(ctx, () => {
    const now = getTask(ctx, task.id)
    // Whoever else saw it end meanwhile has said so already.
    if (now.status !== 'running' || now.attempt !== task.attempt) return now
    return endAttempt(ctx, now, task.attempt as number, ended, report)
  })
}

const stopped = (cause: StopCause): Ended => ({ kind: 'stopped', cause })

const exitOf = ({ code, signal }: NonNullable<RunStatus['exit']>): Ended =>
  signal === null ? { kind: 'exit', code } : { kind: 'signal', signal }

function reportOf(files: AttemptFiles, { exit, endedAt }: RunStatus): Report {
  return {
    ...readReport(files, exit?.code === 0),
    ...(endedAt === null ? {} : { finished_at: timestamp(endedAt) }),
  }
}

/** Call it inside a transaction. */
export function requestCancel(ctx: Context, task: Task): Task {
  if (task.cancel_requested_at) return task
  ctx.store.tasks.requestCancel(task.id, timestamp(ctx.clock()))
  noteTask(ctx, task, { event: 'task.cancel_requested', attempt: task.attempt })
  return getTask(ctx, task.id)
}

function currentAttempt(ctx: Context, task: Task): Attempt | undefined {
  return task.attempt === null ? undefined : ctx.store.attempts.get(task.id, task.attempt)
}
