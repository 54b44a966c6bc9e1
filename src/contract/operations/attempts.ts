import { Type } from '@sinclair/typebox'
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
import { Json, oneOf, Strict, Timestamp } from '../fields.ts'
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
