import { type Static, Type } from '@sinclair/typebox'
import { Json, Nullable, oneOf, Timestamp } from './fields.ts'

/** Everything that happens, by the name it has in `audit_log`, in the event stream and in the CLI. */
export const eventNames = [
  'session.created',
  'session.updated',
  'session.ended',
  'session.deleted',
  'queue.created',
  'queue.updated',
  'queue.paused',
  'queue.resumed',
  'queue.activated',
  'queue.ended',
  'queue.archived',
  'queue.unarchived',
  'queue.deleted',
  'queue.runner_wanted',
  'task.enqueued',
  'task.edited',
  'task.moved',
  'task.claimed',
  'task.started',
  'task.stale',
  'task.stalled',
  'task.revived',
  'task.cancel_requested',
  'task.succeeded',
  'task.failed',
  'task.returned',
  'task.reviewed',
  'task.deleted',
  'task.purged',
  'review.closed',
  'runner.started',
  'runner.stop_requested',
  'runner.stopped',
  'runner.died',
  'supervision.changed',
  'prompt.created',
  'prompt.updated',
  'prompt.deleted',
  'config.loaded',
  'project.restored',
  'notify.failed',
] as const
export type EventName = (typeof eventNames)[number]

/** One row of the audit log. `seq` only grows and is never used again. */
export const Event = Type.Object({
  seq: Type.Integer(),
  at: Timestamp,
  event: oneOf(eventNames),
  actor: Type.String({ description: 'who caused it: cli, server, a worker id' }),
  session_id: Nullable(Type.String()),
  queue_id: Nullable(Type.String()),
  task_id: Nullable(Type.String()),
  attempt: Nullable(Type.Integer()),
  from_status: Nullable(Type.String()),
  to_status: Nullable(Type.String()),
  data: Json,
})
export type Event = Static<typeof Event>
