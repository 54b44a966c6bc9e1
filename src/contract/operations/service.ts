import { Type } from '@sinclair/typebox'
import { ProcessIdentity } from '../attempts.ts'
import { Event, eventNames } from '../events.ts'
import { NameOrId, Nullable, oneOf, page, pageOf, Strict, TaskRef, Timestamp } from '../fields.ts'
import { queueStatuses } from '../queues.ts'
import { Runner, runnerModes } from '../runners.ts'
import { Script } from '../scripts.ts'
import { Space } from '../space.ts'
import { taskStatuses } from '../tasks.ts'
import { create, get, post, put, remove, runnerAnswer } from './define.ts'

/** A number for each of these words. */
const counted = <const T extends readonly string[]>(words: T) =>
  Type.Object(
    Object.fromEntries(words.map(word => [word, Type.Integer()])) as {
      [K in T[number]]: ReturnType<typeof Type.Integer>
    },
  )

export const serviceOperations = {
  getHealth: get(
    '/health',
    'Say that SparkQ answers, and whether a disk has too little room for its lanes',
    Strict({}),
    Type.Object({ status: Type.Literal('ok'), space: Nullable(Space) }),
  ),
  getVersion: get(
    '/api/version',
    'Say which SparkQ this is',
    Strict({}),
    Type.Object({ version: Type.String() }),
  ),
  getStats: get(
    '/stats',
    'Count sessions, queues, tasks and runners',
    Strict({}),
    Type.Object({
      sessions: Type.Object({ active: Type.Integer(), ended: Type.Integer() }),
      queues: counted(queueStatuses),
      tasks: counted(taskStatuses),
      unreviewed: Type.Integer({ description: 'finished tasks that need a person’s eye' }),
      questions: Type.Integer({ description: 'what workers asked and nobody has answered' }),
      runners: Type.Integer(),
      /** The last one that the person was told, or was to be: what of and in which way, and how that failed. */
      notification: Nullable(
        Type.Object({ kind: Type.String(), at: Timestamp, error: Nullable(Type.String()) }),
      ),
    }),
  ),
  listScripts: get(
    '/api/scripts/index',
    'List the scripts of the project',
    Strict({
      q: Type.Optional(
        Type.String({ minLength: 1, description: 'words in path, name, description or tags; all of them' }),
      ),
      script: Type.Optional(
        Type.String({
          minLength: 1,
          description: 'only this one, by path or name; not found when there is none',
        }),
      ),
    }),
    Type.Object({
      scripts: Type.Array(Script),
      warnings: Type.Array(
        Type.String({ description: 'what headers say that is not understood: file:line: …' }),
      ),
    }),
  ),

  listRunners: get('/api/runners', 'List runners', Strict({}), Type.Object({ runners: Type.Array(Runner) })),
  startRunner: create(
    '/api/runners',
    'Take a lane for a runner',
    Strict({
      queue_id: NameOrId,
      worker_id: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
      mode: oneOf(runnerModes),
      process: ProcessIdentity,
      remote: Type.Optional(Type.Boolean()),
      supervisor: Type.Optional(ProcessIdentity),
    }),
    runnerAnswer,
  ),
  heartbeatRunner: put(
    '/api/runners/{id}/heartbeat',
    'Say that a runner lives',
    Strict({ id: Type.String({ minLength: 1 }) }),
    runnerAnswer,
  ),
  stopRunner: remove(
    '/api/runners/{id}',
    'Give a lane back',
    Strict({ id: Type.String({ minLength: 1 }) }),
    runnerAnswer,
  ),

  purge: post(
    '/api/purge',
    'Delete finished tasks with their output',
    Strict({ older_than_days: Type.Optional(Type.Number({ minimum: 0, maximum: 36_500 })) }),
    Type.Object({ purged: Type.Integer() }),
  ),
  sweep: post(
    '/api/sweep',
    'Mark and end what ran past its time, give back what lost its worker, resume what is due',
    Strict({}),
    Type.Object({
      stale: Type.Array(Type.String()),
      failed: Type.Array(Type.String()),
      resumed: Type.Array(Type.String()),
      returned: Type.Array(Type.String(), { description: 'tasks whose worker is gone' }),
    }),
  ),
  listEvents: get(
    '/api/audit',
    'List what happened, newest first; with `after`, oldest first from there',
    Strict({
      task_id: Type.Optional(TaskRef),
      queue_id: Type.Optional(NameOrId),
      event: Type.Optional(oneOf(eventNames)),
      after: Type.Optional(Type.Integer({ minimum: 0 })),
      ...page,
    }),
    pageOf('events', Event),
  ),
} as const
