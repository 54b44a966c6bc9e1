import { Type } from '@sinclair/typebox'
import { NameOrId, Nullable, one, oneOf, Strict, Timestamp } from '../fields.ts'
import { Supervision } from '../supervision.ts'
import { byName, get, post, put, queueAnswer } from './define.ts'

const supervisionAnswer = one('supervision', Nullable(Supervision))

export const supervisionOperations = {
  getSupervision: get(
    '/api/supervision',
    'Say on which lanes the server keeps runners; null when there is none that does',
    Strict({}),
    supervisionAnswer,
  ),
  extendSupervision: put(
    '/api/supervision',
    'Have the server keep runners on more lanes: on all, or on those of sessions',
    Strict({ all: Type.Optional(Type.Boolean()), sessions: Type.Optional(Type.Array(NameOrId)) }),
    supervisionAnswer,
  ),
  setRunnerWanted: put(
    '/api/queues/{id}/runner',
    'Have a runner kept on a lane (on), or none: the present one goes after its task (off); null: as for all lanes',
    Strict({
      ...byName,
      wanted: Nullable(oneOf(['on', 'off'] as const)),
      now: Type.Optional(Type.Boolean({ description: 'with off: its task is cancelled' })),
    }),
    queueAnswer,
  ),
  noteRunnerDeath: post(
    '/api/queues/{id}/runner-deaths',
    'Say that the runner of a lane has died, and when it is started again',
    Strict({
      ...byName,
      exit_code: Nullable(Type.Integer()),
      signal: Nullable(Type.String()),
      deaths: Type.Integer({ minimum: 1, description: 'how many there were in a row' }),
      restart_at: Timestamp,
    }),
    queueAnswer,
  ),
} as const
