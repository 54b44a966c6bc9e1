import { Type } from '@sinclair/typebox'
import { NameOrId, Nullable, page, Strict, TimestampInput } from '../fields.ts'
import { Review, ReviewMark } from '../review.ts'
import { Task } from '../tasks.ts'
import { get, post } from './define.ts'

export const reviewOperations = {
  getReview: get(
    '/api/review',
    'Say what happened since the last review was closed, and which tasks need a decision, in the order they finished',
    Strict({
      since: Type.Optional(TimestampInput),
      queue_id: Type.Optional(NameOrId),
      session_id: Type.Optional(NameOrId),
      all: Type.Optional(
        Type.Boolean({ description: 'tasks that finished since then and do not need a decision, too' }),
      ),
      ...page,
    }),
    Type.Object({
      review: Review,
      tasks: Type.Array(Task, {
        description: 'unreviewed ones, however old; with `since`, those that finished since then',
      }),
      next_cursor: Nullable(Type.String()),
    }),
  ),
  closeReview: post(
    '/api/review/close',
    'Say that the person has looked: what happened until then is no news any more',
    Strict({
      upto: Type.Optional(
        Type.Integer({ minimum: 0, description: 'as getReview answered it; default: all that has happened' }),
      ),
    }),
    Type.Object({ mark: ReviewMark, previous: Nullable(ReviewMark) }),
  ),
} as const
