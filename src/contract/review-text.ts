import type { Review } from './review.ts'
import { clock, duration } from './time-text.ts'
import { usd } from './words.ts'

/**
 * What happened, in one line: `While you were away (since 22:10): 38 succeeded, 2 failed, 1 waits for you · 3 h of work · $4.12`.
 * @param asked the time was asked for, rather than that of the last review
 */
export function reviewHeadline(review: Review, { asked = false } = {}): string {
  const said = reviewSentence(review)
  const at = review.since === null ? undefined : clock(review.since)
  if (at === undefined) return `So far: ${said}`
  return asked ? `Since ${at}: ${said}` : `While you were away (since ${at}): ${said}`
}

/** `38 succeeded, 2 failed, 1 waits for you · 3 h 4 min of work · $4.12`. */
export function reviewSentence({
  succeeded,
  failed,
  cancelled,
  waiting,
  work_seconds,
  cost_usd,
}: Review): string {
  const parts = [
    [succeeded, 'succeeded'],
    [failed, 'failed'],
    [cancelled, 'cancelled'],
    [waiting, waiting === 1 ? 'waits for you' : 'wait for you'],
  ] as const
  const told = parts.filter(([number]) => number > 0).map(part => part.join(' '))
  const work = work_seconds > 0 ? ` · ${duration(work_seconds * 1000)} of work` : ''
  const cost = cost_usd > 0 ? ` · ${usd(cost_usd)}` : ''
  return `${told.join(', ') || 'nothing finished'}${work}${cost}`
}

/** What a lane does now: `1 running, 3 queued`. */
export function standingText(lane: { running: number; queued: number }): string {
  const parts = [lane.running > 0 && `${lane.running} running`, lane.queued > 0 && `${lane.queued} queued`]
  return parts.filter(part => part !== false).join(', ')
}
