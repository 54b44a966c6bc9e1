import type { Input, Output } from '../contract/api.ts'
import { conflict, notFound } from '../contract/errors.ts'
import { newId } from '../contract/ids.ts'
import { type Runner, workerId } from '../contract/runners.ts'
import { shellQueue } from '../contract/shell-word.ts'
import type { Task } from '../contract/tasks.ts'
import { timestamp } from '../contract/time.ts'
import { clock } from '../contract/time-text.ts'
import { liveness } from '../processes/identity.ts'
import type { StoredRunner } from '../store/runners.ts'
import { type Context, change } from './context.ts'
import { findQueue, getTask } from './find.ts'
import { noteQueue } from './transitions.ts'

export function listRunners(ctx: Context): Output<'listRunners'> {
  return { runners: ctx.store.runners.list().map(it => judged(ctx, it)) }
}

/** Takes a lane: one row, in one transaction, decides who has it. A dead holder's row is replaced. */
export function startRunner(ctx: Context, input: Input<'startRunner'>): Output<'startRunner'> {
  return change(ctx, () => {
    const queue = findQueue(ctx, input.queue_id)
    if (queue.status === 'ended' || queue.status === 'archived') {
      throw conflict(
        `Queue "${queue.name}" is ${queue.status}: there is nothing to run.`,
        'sparkq queue list',
      )
    }
    const isUnwanted = input.supervisor !== undefined && queue.runner_wanted === 'off'
    if (isUnwanted && inHand(ctx, queue.id) === null) {
      throw conflict(
        `Queue "${queue.name}" is to have no runner: it was stopped.`,
        `sparkq start ${shellQueue(queue.name)}`,
      )
    }
    const holder = ctx.store.runners.ofQueue(queue.id)
    if (holder && isAlive(ctx, holder)) {
      throw conflict(
        `Queue "${queue.name}" has a runner already: process ${holder.process.pid} on ${holder.process.hostname}, since ${clock(holder.started_at, ctx.clock())}.`,
        `sparkq tasks ${shellQueue(queue.name)}`,
      )
    }
    if (holder) endRunner(ctx, holder, 'It was gone.')
    const id = newId('runner')
    const now = timestamp(ctx.clock())
    const worker_id = input.worker_id ?? workerId(input.process.hostname, queue.name)
    ctx.store.runners.insert({
      id,
      queue_id: queue.id,
      worker_id,
      mode: input.mode,
      process: JSON.stringify(input.process),
      remote: input.remote ? 1 : 0,
      supervisor: input.supervisor ? JSON.stringify(input.supervisor) : null,
      now,
    })
    if (input.remote) ctx.silence.heard(id, now)
    // It has come for what an earlier one left, and goes after that.
    if (isUnwanted) ctx.store.runners.requestStop(id, now)
    noteQueue(ctx, queue, {
      event: 'runner.started',
      data: { runner_id: id, worker_id, pid: input.process.pid },
    })
    return { runner: findRunner(ctx, id) }
  })
}

/**
 * What runners of the lane began and nobody has ended: one task at most, which its runner has in hand, if there is one.
 * Else somebody has to see to its end.
 */
export function inHand(ctx: Context, queueId: string): Task | null {
  const began = ctx.store.tasks
    .runningIn(queueId)
    .map(id => getTask(ctx, id))
    .find(task => ctx.store.attempts.get(task.id, task.attempt as number)?.runner_id != null)
  return began ?? null
}

export function heartbeatRunner(ctx: Context, { id }: Input<'heartbeatRunner'>): Output<'heartbeatRunner'> {
  const now = timestamp(ctx.clock())
  if (ctx.store.runners.beat(id, now)) ctx.silence.heard(id, now)
  return { runner: findRunner(ctx, id) }
}

export function stopRunner(ctx: Context, { id }: Input<'stopRunner'>): Output<'stopRunner'> {
  return change(ctx, () => {
    const runner = findRunner(ctx, id)
    endRunner(ctx, runner, 'It stopped.')
    return { runner }
  })
}

/**
 * Whether a runner may still be at work: here by its process, elsewhere by its heartbeat. One that speaks over the wire
 * may be on a machine of the same name: only that it is seen here, alive, proves anything.
 */
export function isAlive(ctx: Context, runner: StoredRunner): boolean {
  return isSeenAlive(runner) ?? !ctx.silence.isLost(runner)
}

/** Whether it may be at work for all that is proven: what it executes must not be ended by anybody else. */
export function mayBeAlive(ctx: Context, runner: StoredRunner): boolean {
  return isSeenAlive(runner) ?? !ctx.silence.isProven(runner)
}

/** undefined: it cannot be told from here. */
function isSeenAlive({ process, remote }: StoredRunner): boolean | undefined {
  const state = liveness(process)
  if (state === 'alive') return true
  return state === 'dead' && !remote ? false : undefined
}

const judged = (ctx: Context, runner: StoredRunner): Runner => ({ ...runner, lost: !isAlive(ctx, runner) })

function endRunner(ctx: Context, runner: StoredRunner, reason: string): void {
  ctx.store.runners.remove(runner.id)
  ctx.silence.forget(runner.id)
  const queue = findQueue(ctx, runner.queue.id)
  noteQueue(ctx, queue, {
    event: 'runner.stopped',
    data: { runner_id: runner.id, pid: runner.process.pid, reason },
  })
}

function findRunner(ctx: Context, id: string): Runner {
  const runner = ctx.store.runners.get(id)
  if (!runner)
    throw notFound(
      `There is no runner "${id}": it has stopped, or its lane was taken over.`,
      'sparkq queue list',
    )
  return judged(ctx, runner)
}
