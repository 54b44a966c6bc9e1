import type { Input, Output } from '../contract/api.ts'
import { conflict } from '../contract/errors.ts'
import type { Queue } from '../contract/queues.ts'
import type { ClaimRefusal, Task } from '../contract/tasks.ts'
import { timestamp } from '../contract/time.ts'
import type { Claimable } from '../store/tasks.ts'
import { type Context, change } from './context.ts'
import { findQueue, getTask } from './find.ts'
import { stepTask } from './transitions.ts'

export function peekQueue(ctx: Context, { id }: Input<'peekQueue'>): Output<'peekQueue'> {
  const look = lookAt(ctx, findQueue(ctx, id))
  return look.task ? answer(getTask(ctx, look.task.id)) : look
}

/** Takes the first task that may be taken: two claimers never get the same one. */
export function claimTask(ctx: Context, input: Input<'claimTask'>): Output<'claimTask'> {
  // Most looks at a lane find nothing: they need no write transaction.
  const queue = findQueue(ctx, input.id)
  const first = lookAt(ctx, queue)
  const known = input.claim_key !== undefined && ctx.store.attempts.byClaimKey(input.claim_key) !== undefined
  if (!first.task && !known) return first
  return change(ctx, () => {
    if (input.runner_id !== undefined) requireLease(ctx, queue, input.runner_id)
    const again = input.claim_key === undefined ? undefined : sameClaim(ctx, queue, input.claim_key)
    if (again) return answer(again)
    const look = lookAt(ctx, findQueue(ctx, queue.id))
    if (!look.task) return look
    if (input.tools && !input.tools.includes(look.task.tool_name)) return nothing('other_tool', null)
    return answer(take(ctx, look.task, input))
  })
}

const answer = (task: Task) => ({ task, none_because: null, retry_at: null })
const nothing = (none_because: ClaimRefusal, retry_at: string | null) => ({
  task: null,
  none_because,
  retry_at,
})

/** What a claim takes now; or why nothing, and when that may be different by itself. */
function lookAt(ctx: Context, queue: Queue): { task: Claimable } | ReturnType<typeof nothing> {
  if (queue.status !== 'active')
    return nothing('not_active', queue.status === 'idle' ? queue.resume_at : null)
  // One time for all of it: what is due between two looks at the clock would be neither taken nor waited for.
  const now = timestamp(ctx.clock())
  const task = ctx.store.tasks.nextClaimable(queue.id, queue.settings.on_wait, now)
  const due = () => ctx.store.tasks.nextDue(queue.id, now)
  if (!task) return queue.counts.queued === 0 ? nothing('empty', null) : nothing('delayed', due())
  const waits = task.wait_reason === 'question' || (task.not_before ?? '') > now
  return waits ? nothing('waiting', due()) : { task }
}

function take(ctx: Context, next: Claimable, input: Input<'claimTask'>): Task {
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
    claimed_at,
  })
  return task
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
export function requireLease(ctx: Context, queue: { id: string; name: string }, runnerId: string): void {
  if (ctx.store.runners.ofQueue(queue.id)?.id === runnerId) return
  throw conflict(`This runner no longer holds the lane "${queue.name}".`, 'sparkq runner --queue NAME')
}
