import type { Input, Output } from '../contract/api.ts'
import { conflict, invalid } from '../contract/errors.ts'
import type { Queue } from '../contract/queues.ts'
import type { Task } from '../contract/tasks.ts'
import { timestamp } from '../contract/time.ts'
import type { StoredRunner } from '../store/runners.ts'
import type { Claimable } from '../store/tasks.ts'
import { returnFromGone } from './bound.ts'
import { type Context, change } from './context.ts'
import { findQueue, getTask } from './find.ts'
import { type Look, lookAt, waitsForOthers } from './look.ts'
import { isNews, noteWaiting } from './places.ts'
import { noteCanary } from './providers.ts'
import { stepTask } from './transitions.ts'
import { treeOf } from './trees.ts'

export function peekQueue(ctx: Context, { id }: Input<'peekQueue'>): Output<'peekQueue'> {
  const look = lookAt(ctx, findQueue(ctx, id))
  return look.none_because === null ? answer(getTask(ctx, look.head.id)) : nothing(look)
}

/** Takes the first task that may be taken: two claimers never get the same one. */
export function claimTask(ctx: Context, input: Input<'claimTask'>): Output<'claimTask'> {
  refuseTwoWorkers(input)
  const queue = findQueue(ctx, input.id)
  returnFromGone(ctx, queue.id)
  const first = lookAt(ctx, queue, input)
  const known = input.claim_key !== undefined && ctx.store.attempts.byClaimKey(input.claim_key) !== undefined
  // Most looks at a lane find nothing: they need no write transaction.
  if (first.none_because !== null && !known && !changesWaiting(ctx, queue, input, first))
    return nothing(first)
  return change(ctx, () => {
    const runner = input.runner_id === undefined ? undefined : requireLease(ctx, queue, input.runner_id)
    const again = input.claim_key === undefined ? undefined : sameClaim(ctx, queue, input.claim_key)
    if (again) return answer(again)
    if (runner?.stop_requested_at != null) return { task: null, none_because: 'stopping', retry_at: null }
    const now = findQueue(ctx, queue.id)
    const look = lookAt(ctx, now, input)
    if (runner) noteWaiting(ctx, runner, waitsForOthers(look))
    if (runner) noteMissing(ctx, runner, input)
    return look.none_because === null ? answer(take(ctx, now, look.head, input)) : nothing(look)
  })
}

const answer = (task: Task) => ({ task, none_because: null, retry_at: null })
const nothing = ({ none_because, retry_at }: Look) => ({ task: null, none_because, retry_at })

/** Whether there is something to write down of the runner that asks: it begins to wait by this look, or ceases to. */
function changesWaiting(ctx: Context, queue: Queue, input: Input<'claimTask'>, look: Look): boolean {
  const { runner_id } = input
  if (runner_id === undefined) return false
  const holder = ctx.store.runners.ofQueue(queue.id)
  const mine = holder?.id === runner_id ? holder : undefined
  return isNews(ctx, mine, waitsForOthers(look)) || (mine !== undefined && isOther(mine, input))
}

const isOther = ({ missing: known }: StoredRunner, { missing }: Input<'claimTask'>): boolean =>
  missing !== undefined && JSON.stringify(missing) !== JSON.stringify(known)

/** Which programs a runner does not have is known of its last claim. */
function noteMissing(ctx: Context, runner: StoredRunner, input: Input<'claimTask'>): void {
  if (isOther(runner, input)) ctx.store.runners.misses(runner.id, JSON.stringify(input.missing))
}

function take(ctx: Context, queue: Queue, next: Claimable, input: Input<'claimTask'>): Task {
  const { warn_factor, fail_factor } = ctx.config.limits
  const ms = ctx.clock()
  const claimed_at = timestamp(ms)
  const attempt = (next.attempt ?? 0) + 1
  const worker_id = input.worker_id ?? null
  const task = stepTask(ctx, getTask(ctx, next.id), 'claim', {
    set: {
      attempt,
      attempts: next.attempts + 1,
      worker_id,
      claimed_at,
      // A worker outside starts when it claims; a runner says when its process does.
      started_at: input.runner_id === undefined ? claimed_at : null,
      warns_at: timestamp(ms + warn_factor * next.timeout * 1000),
      stops_at: timestamp(ms + fail_factor * next.timeout * 1000),
      wait_reason: null,
      not_before: null,
    },
    note: { event: 'task.claimed', attempt, data: { worker_id } },
  })
  ctx.store.attempts.insert({
    task_id: task.id,
    number: attempt,
    worker_id,
    runner_id: input.runner_id ?? null,
    claim_key: input.claim_key ?? null,
    tree: treeOf(ctx, queue, next, input)?.name ?? null,
    bound: input.process === undefined ? null : JSON.stringify(input.process),
    claimed_at,
  })
  if (input.runner_id !== undefined) noteCanary(ctx, task, attempt)
  return task
}

/** What a runner has, its own lease and its task's process keep. */
function refuseTwoWorkers({ runner_id, process }: Input<'claimTask'>): void {
  if (runner_id === undefined || process === undefined) return
  throw invalid('A runner’s claim is bound to no process: leave out process or runner_id.', {
    errors: [{ pointer: '/process', detail: 'is not for runners' }],
  })
}

function sameClaim(ctx: Context, queue: Queue, claimKey: string): Task | undefined {
  const attempt = ctx.store.attempts.byClaimKey(claimKey)
  if (!attempt) return undefined
  const task = getTask(ctx, attempt.task_id)
  if (task.queue.id === queue.id && attempt.outcome === null) return task
  throw conflict(
    `This claim key was used for attempt ${attempt.number} of ${task.friendly_id}: a new claim needs a new one.`,
    `sparkq task ${task.friendly_id}`,
  )
}

/** @throws conflict when the lane is another runner's now */
function requireLease(ctx: Context, queue: { id: string; name: string }, runnerId: string): StoredRunner {
  const holder = ctx.store.runners.ofQueue(queue.id)
  if (holder?.id === runnerId) return holder
  throw conflict(`This runner no longer holds the lane "${queue.name}".`, 'sparkq runner --queue NAME')
}
