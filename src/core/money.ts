import type { Queue } from '../contract/queues.ts'
import { timestamp } from '../contract/time.ts'
import { clock } from '../contract/time-text.ts'
import { usd } from '../contract/words.ts'
import type { Context } from './context.ts'
import { findQueue } from './find.ts'
import { pause } from './pausing.ts'

/**
 * Pauses a lane whose agents have cost as much as they may: since noon (a night is one budget), or since a person had it
 * go on after that. Call it inside a transaction.
 */
export function keepBudget(ctx: Context, { id }: Queue): void {
  const queue = findQueue(ctx, id)
  const own = queue.settings.max_usd
  const max = own ?? ctx.config.limits.max_usd
  if (max === null || queue.status !== 'active') return
  const now = ctx.clock()
  const noon = timestamp(lastNoon(now))
  const from = ctx.store.queues.budgetFrom(id) ?? ''
  const since = from > noon ? from : noon
  const spent = ctx.store.spending.inLane(id, since)
  if (spent < max) return
  const name = own === undefined ? 'limits.max_usd' : 'its max_usd'
  const reason = `Its agents have cost ${usd(spent)} since ${clock(since, now)}, and ${name} is ${usd(max)}.`
  pause(ctx, queue, { by: 'max_usd', reason, resume_at: null })
}

/** By the clock of this machine. */
function lastNoon(now: number): number {
  const noon = new Date(now)
  noon.setHours(12, 0, 0, 0)
  if (noon.getTime() > now) noon.setDate(noon.getDate() - 1)
  return noon.getTime()
}
