import { attemptFiles } from '../attempt-files/paths.ts'
import { readStatus } from '../attempt-files/status.ts'
import type { Input, Output } from '../contract/api.ts'
import type { Attempt, StopCause, StopReport } from '../contract/attempts.ts'
import { SparkqError } from '../contract/errors.ts'
import type { Task } from '../contract/tasks.ts'
import { timestamp } from '../contract/time.ts'
import { stopTree } from '../processes/stop.ts'
import { treeOf } from '../processes/tree-of.ts'
import { type Context, change } from './context.ts'
import { endAttempt, failQueued } from './endings.ts'
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
  const deadline = ctx.clock() + (ctx.config.limits.stop_grace + 20) * 1000
  while (ctx.store.tasks.get(id)?.status === 'running') {
    if (ctx.clock() > deadline) {
      const { friendly_id } = getTask(ctx, id)
      throw new SparkqError('conflict', `${friendly_id} is still being stopped.`, {
        hint: `sparkq task ${friendly_id}`,
      })
    }
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

/** Whether a live runner executes this task: then ending it is that runner's alone. */
export function isHeld(ctx: Context, task: Task): boolean {
  const attempt = currentAttempt(ctx, task)
  const runner = ctx.store.runners.ofQueue(task.queue.id)
  return runner !== undefined && attempt?.runner_id === runner.id && isAlive(ctx, runner)
}

/**
 * Ends a running task whose runner is gone: stops what is left of its processes on this machine, then fails it. The
 * cause is in the database before the first signal is sent.
 */
export async function stopHere(ctx: Context, task: Task, cause: StopCause): Promise<Task> {
  const attempt = currentAttempt(ctx, task)
  const number = task.attempt as number
  change(ctx, () => ctx.store.attempts.stop(task.id, number, cause))
  const stop = attempt?.runner_id ? await stopProcesses(ctx, attempt) : undefined
  return change(ctx, () => {
    const now = getTask(ctx, task.id)
    const first = ctx.store.attempts.get(task.id, number)?.stop_cause ?? cause
    // Whoever else saw it end meanwhile has said so already.
    if (now.status !== 'running' || now.attempt !== number) return now
    const ended: Ended =
      stop || first !== 'timeout' ? { kind: 'stopped', cause: first } : { kind: 'timed_out' }
    return endAttempt(ctx, now, number, ended, { stop })
  })
}

async function stopProcesses(ctx: Context, attempt: Attempt): Promise<StopReport> {
  const { pid } = readStatus(attemptFiles(ctx.logs, attempt.task_id, attempt.number).status)
  const tree = treeOf({ mark: attempt.claim_key ?? '', wrapper: attempt.process, pid })
  return stopTree(tree, { graceMs: ctx.config.limits.stop_grace * 1000 })
}

function requestCancel(ctx: Context, task: Task): Task {
  if (task.cancel_requested_at) return task
  ctx.store.tasks.requestCancel(task.id, timestamp(ctx.clock()))
  noteTask(ctx, task, { event: 'task.cancel_requested', attempt: task.attempt })
  return getTask(ctx, task.id)
}

function currentAttempt(ctx: Context, task: Task): Attempt | undefined {
  return task.attempt === null ? undefined : ctx.store.attempts.get(task.id, task.attempt)
}
