import type { Input, Output } from '../contract/api.ts'
import type { Queue } from '../contract/queues.ts'
import { timestamp } from '../contract/time.ts'
import { type Context, change } from './context.ts'
import { findQueue } from './find.ts'
import { readTime } from './time-input.ts'
import { stepQueue } from './transitions.ts'

export function pauseQueue(ctx: Context, input: Input<'pauseQueue'>): Output<'pauseQueue'> {
  return change(ctx, () => {
    const queue = findQueue(ctx, input.id)
    const reason = input.reason?.trim() || null
    const resume_at = readTime(input.resume_at)
    return { queue: pause(ctx, queue, { by: ctx.actor, reason, resume_at }) }
  })
}

/** `by`: who acts, or the setting of the lane that has it pause. */
type Pause = { by: string; reason: string | null; resume_at: string | null }

/** Pauses a lane for a person or a policy; call it inside a transaction. */
export function pause(ctx: Context, queue: Queue, { by, reason, resume_at }: Pause): Queue {
  return stepQueue(ctx, queue, 'pause', {
    set: { pause_reason: reason, paused_by: by, resume_at },
    note: { event: 'queue.paused', data: { reason, resume_at } },
  })
}

/** Whoever has a lane go on that has spent as much as it may lets it spend as much again. */
const newBudget = (ctx: Context, { paused_by }: Queue) =>
  paused_by === 'max_usd' ? { budget_from: timestamp(ctx.clock()) } : {}

export const unpaused = { pause_reason: null, paused_by: null, resume_at: null }

export function resumeQueue(ctx: Context, input: Input<'resumeQueue'>): Output<'resumeQueue'> {
  return change(ctx, () => {
    const queue = findQueue(ctx, input.id)
    const set = { ...unpaused, ...newBudget(ctx, queue) }
    return { queue: stepQueue(ctx, queue, 'resume', { set, note: { event: 'queue.resumed' } }) }
  })
}

export function activateQueue(ctx: Context, input: Input<'activateQueue'>): Output<'activateQueue'> {
  return change(ctx, () => {
    const queue = findQueue(ctx, input.id)
    const set = { ...unpaused, ...newBudget(ctx, queue) }
    return { queue: stepQueue(ctx, queue, 'activate', { set, note: { event: 'queue.activated' } }) }
  })
}
