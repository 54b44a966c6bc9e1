import { type Static, Type } from '@sinclair/typebox'
import { Instructions, Name, Nullable, oneOf, Strict, Timestamp } from './fields.ts'

export const sessionStatuses = ['active', 'ended'] as const
export type SessionStatus = (typeof sessionStatuses)[number]

export const Session = Type.Object({
  id: Type.String(),
  name: Name,
  instructions: Nullable(Type.String()),
  status: oneOf(sessionStatuses),
  queue_count: Type.Integer({ description: 'queues that are not archived' }),
  created_at: Timestamp,
  updated_at: Timestamp,
  ended_at: Nullable(Timestamp),
})
export type Session = Static<typeof Session>

export const SessionInput = Strict({ name: Name, instructions: Type.Optional(Nullable(Instructions)) })
export type SessionInput = Static<typeof SessionInput>
