import { type Static, Type } from '@sinclair/typebox'
import { Nullable, oneOf, Timestamp } from './fields.ts'
import { queueStatuses } from './queues.ts'

/** What happened in a stretch of time. `failed` is without what was cancelled. */
const happened = {
  succeeded: Type.Integer(),
  failed: Type.Integer(),
  cancelled: Type.Integer(),
  work_seconds: Type.Number({ description: 'how long the attempts ran that ended, those tried again too' }),
  cost_usd: Type.Number({ description: 'of the agents’ runs that ended, as they reckon it' }),
}

/** How a lane is now. */
const standing = {
  queued: Type.Integer(),
  running: Type.Integer(),
  waiting: Type.Integer({ description: 'queued tasks that wait for the person’s answer' }),
}

export const ReviewedLane = Type.Object({
  queue: Type.Object({
    id: Type.String(),
    name: Type.String(),
    status: oneOf(queueStatuses),
    pause_reason: Nullable(Type.String()),
    resume_at: Nullable(Timestamp),
  }),
  ...happened,
  ...standing,
})
export type ReviewedLane = Static<typeof ReviewedLane>

export const Review = Type.Object({
  /** When the last review was closed, or as asked; null: from the beginning. */
  since: Nullable(Timestamp),
  upto: Type.Integer({ description: 'seq of the last event that this knows of: close the review with it' }),
  ...happened,
  ...standing,
  to_review: Type.Integer({ description: 'how many tasks there are to decide on' }),
  lanes: Type.Array(ReviewedLane, { description: 'those where something happened, runs or waits' }),
})
export type Review = Static<typeof Review>

/** Up to which event the person has looked, and when that was. */
export const ReviewMark = Type.Object({ seq: Type.Integer(), at: Timestamp })
export type ReviewMark = Static<typeof ReviewMark>
