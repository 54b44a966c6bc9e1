import { type Static, Type } from '@sinclair/typebox'
import { ProcessIdentity } from './attempts.ts'
import { Timestamp } from './fields.ts'
import type { Queue } from './queues.ts'

/** A server that keeps runners on lanes, and on which, beside those whose `runner_wanted` says it by itself. */
export const Supervision = Type.Object({
  process: ProcessIdentity,
  all: Type.Boolean({ description: 'on every active lane' }),
  sessions: Type.Array(Type.Object({ id: Type.String(), name: Type.String() }), {
    description: 'on every active lane of these sessions',
  }),
  started_at: Timestamp,
})
export type Supervision = Static<typeof Supervision>

/** A restart that was due and has not come is none to wait for. */
export const isComing = (restart_at: string | null | undefined, now: number): restart_at is string =>
  typeof restart_at === 'string' && Date.parse(restart_at) > now

/** What a server is told to work when it starts. `asBefore`: what the last one worked, and this too. */
export type Lanes = { all: boolean; sessions: string[]; queues: string[]; asBefore?: boolean }

/** The lanes that are meant: those of some sessions, or all. */
export type SessionScope = readonly string[] | 'all'

export const isMeant = ({ session }: Queue, scope: SessionScope): boolean =>
  scope === 'all' || scope.includes(session.id)

/** Whoever names all lanes, or a session's, means those too whose runner was stopped one by one: these are worked again. */
export const isStoppedIn = (queue: Queue, scope: SessionScope): boolean =>
  queue.runner_wanted === 'off' && isMeant(queue, scope)
