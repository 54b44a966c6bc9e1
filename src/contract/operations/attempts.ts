import { Type } from '@sinclair/typebox'
import { AgentReport, agentNames, Conversation } from '../agents.ts'
import {
  Attempt,
  Ending,
  LeftOut,
  OutputMark,
  outputStreams,
  ProcessIdentity,
  StopReport,
  stopCauses,
} from '../attempts.ts'
import { Changes, ChangesInput } from '../changes.ts'
import { Json, Nullable, oneOf, Strict, Timestamp } from '../fields.ts'
import { attemptAnswer, attemptGuard, byAttempt, byTask, get, post, put, taskAnswer } from './define.ts'

export const attemptOperations = {
  listAttempts: get(
    '/api/tasks/{id}/attempts',
    'List the attempts of a task, first one first',
    Strict(byTask),
    Type.Object({ attempts: Type.Array(Attempt) }),
  ),
  startAttempt: post(
    '/api/tasks/{id}/attempts/{attempt}/start',
    'Say which process runs an attempt',
    Strict({
      ...byAttempt,
      process: ProcessIdentity,
      command: Type.Array(Type.String()),
      cwd: Type.String(),
    }),
    attemptAnswer,
  ),
  openConversation: post(
    '/api/tasks/{id}/attempts/{attempt}/conversation',
    'Say in which conversation an agent works on an attempt: the lane’s, or a new one; it may be said twice',
    Strict({
      ...byAttempt,
      agent: oneOf(agentNames),
      host: Type.String({ minLength: 1, maxLength: 500, description: 'the machine that holds it' }),
      session_id: Type.Optional(
        Type.String({ minLength: 1, maxLength: 200, description: 'what a new one is to be called' }),
      ),
    }),
    Type.Object({
      conversation: Conversation,
      /** What the lane did so far, for a new one that takes the place of one that was lost or full. */
      digest: Nullable(Type.String()),
      instructions: Nullable(Type.String({ description: 'of the lane, as they are now' })),
      instructions_changed: Type.Boolean({ description: 'since they were last told in it' }),
    }),
  ),
  stopAttempt: post(
    '/api/tasks/{id}/attempts/{attempt}/stop',
    'Say, before the first signal, why an attempt is stopped; the first cause stays',
    Strict({ ...byAttempt, cause: oneOf(stopCauses) }),
    attemptAnswer,
  ),
  flagAttempt: put(
    '/api/tasks/{id}/attempts/{attempt}/flags',
    'Say of a running attempt that it is past its timeout, or whether it seems to do nothing; it may be said twice',
    Strict({
      ...byAttempt,
      stale: Type.Optional(Type.Literal(true)),
      stalled: Type.Optional(Type.Boolean({ description: 'false: it shows life again' })),
      idle_seconds: Type.Optional(
        Type.Number({ minimum: 0, maximum: 1e9, description: 'how long it has shown no life; default: 0' }),
      ),
    }),
    taskAnswer,
  ),
  finishAttempt: post(
    '/api/tasks/{id}/attempts/{attempt}/finish',
    'Say how an attempt ended',
    Strict({
      ...byAttempt,
      ending: Ending,
      finished_at: Type.Optional(Timestamp),
      result_summary: Type.Optional(Type.String()),
      result_data: Type.Optional(Json),
      error_detail: Type.Optional(Type.String({ description: 'what the tool said last' })),
      warnings: Type.Optional(Type.Array(Type.String())),
      stop: Type.Optional(StopReport),
      agent: Type.Optional(AgentReport),
      changes: Type.Optional(ChangesInput),
    }),
    taskAnswer,
  ),
  appendOutput: post(
    '/api/tasks/{id}/attempts/{attempt}/output',
    'Add what a running attempt wrote, from a runner on another machine',
    Strict({
      ...byAttempt,
      stream: oneOf(outputStreams),
      offset: Type.Integer({ minimum: 0, description: 'where in the stream these bytes begin' }),
      data: Type.String({ maxLength: 1_400_000, description: 'base64' }),
      marks: Type.Optional(Type.Array(OutputMark)),
      left_out: Type.Optional(LeftOut),
    }),
    Type.Object({ size: Type.Integer({ description: 'what is there of the stream now: go on from here' }) }),
  ),
  getPatch: get(
    '/api/tasks/{id}/patch',
    'Show what an attempt changed in its git work tree; the last one that was looked at, where none is named',
    Strict({ ...byTask, ...attemptGuard }),
    Type.Object({
      attempt: Nullable(Type.Integer()),
      changes: Nullable(Changes),
      patch: Type.String({ description: 'empty where nothing was changed, or nobody looked' }),
    }),
  ),
  readOutput: get(
    '/api/tasks/{id}/output',
    'Read what an attempt wrote to one stream, as bytes; never across what was left out, but from its end',
    Strict({
      ...byTask,
      ...attemptGuard,
      stream: oneOf(outputStreams),
      offset: Type.Optional(Type.Integer({ minimum: 0 })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_048_576 })),
    }),
    'bytes',
  ),
  listOutputMarks: get(
    '/api/tasks/{id}/output/marks',
    'List when which stream of an attempt grew how far',
    Strict({ ...byTask, ...attemptGuard, after: Type.Optional(Type.Integer({ minimum: 0 })) }),
    Type.Object({
      marks: Type.Array(OutputMark),
      next_after: Type.Integer({ description: 'pass as `after` to go on' }),
      sizes: Type.Object({ stdout: Type.Integer(), stderr: Type.Integer() }),
      left_out: Type.Array(
        Type.Object({ stream: oneOf(outputStreams), from: Type.Integer(), to: Type.Integer() }),
        { description: 'what is not kept of a stream; it is part of its size' },
      ),
      ended: Type.Boolean({ description: 'the attempt is over: nothing more will come' }),
    }),
  ),
} as const
