import { type TObject, type TSchema, Type } from '@sinclair/typebox'
import {
  Attempt,
  Ending,
  OutputMark,
  outputStreams,
  ProcessIdentity,
  StopReport,
  stopCauses,
} from './attempts.ts'
import { Event, eventNames } from './events.ts'
import {
  Json,
  Name,
  NameOrId,
  Nullable,
  one,
  oneOf,
  page,
  pageOf,
  Strict,
  TaskRef,
  Timestamp,
} from './fields.ts'
import { Queue, QueueInput, QueueSettingsPatch, queueStatuses } from './queues.ts'
import { Runner, runnerModes } from './runners.ts'
import { Session, SessionInput, sessionStatuses } from './sessions.ts'
import {
  AttemptNumber,
  ClaimKey,
  claimRefusals,
  reviewStates,
  Task,
  TaskInput,
  taskEdits,
  taskStatuses,
} from './tasks.ts'
import { TaskClass, Tool } from './tools.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

/**
 * One thing SparkQ can do. `input` is flat: what the path names comes from the path, the rest from the query (GET) or
 * the JSON body. `output` is the JSON answer, or `bytes` for raw output. `status` is 200 unless said otherwise.
 */
export type Operation = {
  method: Method
  path: string
  summary: string
  input: TObject
  output: TSchema | 'bytes'
  status?: 201
}

const get = <P extends string, I extends TObject, O extends TSchema>(
  path: P,
  summary: string,
  input: I,
  output: O,
) => ({ method: 'GET', path, summary, input, output }) as const
const create = <P extends string, I extends TObject, O extends TSchema>(
  path: P,
  summary: string,
  input: I,
  output: O,
) => ({ method: 'POST', path, summary, input, output, status: 201 }) as const
const post = <P extends string, I extends TObject, O extends TSchema>(
  path: P,
  summary: string,
  input: I,
  output: O,
) => ({ method: 'POST', path, summary, input, output }) as const
const put = <P extends string, I extends TObject, O extends TSchema>(
  path: P,
  summary: string,
  input: I,
  output: O,
) => ({ method: 'PUT', path, summary, input, output }) as const
const remove = <P extends string, I extends TObject, O extends TSchema>(
  path: P,
  summary: string,
  input: I,
  output: O,
) => ({ method: 'DELETE', path, summary, input, output }) as const

const taskAnswer = one('task', Task)
const queueAnswer = one('queue', Queue)
/** What a claim takes, or why it takes nothing, and when (at the latest) that may be different. */
const nextAnswer = Type.Object({
  task: Nullable(Task),
  none_because: Nullable(oneOf(claimRefusals)),
  retry_at: Nullable(Timestamp),
})
const sessionAnswer = one('session', Session)
const runnerAnswer = one('runner', Runner)
const attemptAnswer = one('attempt', Attempt)

const byTask = { id: TaskRef }
const byName = { id: NameOrId }
const byAttempt = { id: TaskRef, attempt: AttemptNumber }
/** Ending or deleting what still has running tasks is a conflict, unless this says to cancel them first. */
const cancelRunning = { cancel_running: Type.Optional(Type.Boolean()) }
const attemptGuard = { attempt: Type.Optional(AttemptNumber) }
const summary = Type.String({ minLength: 1, maxLength: 100_000 })

/** Everything SparkQ can do. Routes, OpenAPI, the HTTP client and the MCP tools are loops over this table. */
export const operations = {
  listSessions: get(
    '/api/sessions',
    'List sessions',
    Strict({ status: Type.Optional(oneOf(sessionStatuses)), ...page }),
    pageOf('sessions', Session),
  ),
  createSession: create('/api/sessions', 'Create a session', SessionInput, sessionAnswer),
  getSession: get('/api/sessions/{id}', 'Show a session', Strict(byName), sessionAnswer),
  updateSession: put(
    '/api/sessions/{id}',
    'Rename a session or change its instructions',
    Strict({
      ...byName,
      name: Type.Optional(Name),
      instructions: Type.Optional(SessionInput.properties.instructions),
    }),
    sessionAnswer,
  ),
  endSession: put(
    '/api/sessions/{id}/end',
    'End a session and its queues',
    Strict({ ...byName, ...cancelRunning }),
    sessionAnswer,
  ),
  deleteSession: remove(
    '/api/sessions/{id}',
    'Delete a session with its queues and tasks',
    Strict({ ...byName, ...cancelRunning }),
    sessionAnswer,
  ),

  listQueues: get(
    '/api/queues',
    'List queues; archived ones only when asked for',
    Strict({
      session_id: Type.Optional(NameOrId),
      status: Type.Optional(oneOf(queueStatuses)),
      archived: Type.Optional(Type.Boolean({ description: 'archived ones too' })),
      ...page,
    }),
    pageOf('queues', Queue),
  ),
  createQueue: create('/api/queues', 'Create a queue', QueueInput, queueAnswer),
  getQueue: get('/api/queues/{id}', 'Show a queue', Strict(byName), queueAnswer),
  updateQueue: put(
    '/api/queues/{id}',
    'Rename a queue, change its instructions or settings',
    Strict({
      ...byName,
      name: Type.Optional(Name),
      instructions: Type.Optional(QueueInput.properties.instructions),
      settings: Type.Optional(QueueSettingsPatch),
    }),
    queueAnswer,
  ),
  endQueue: put(
    '/api/queues/{id}/end',
    'End a queue: its queued tasks are cancelled',
    Strict({ ...byName, ...cancelRunning }),
    queueAnswer,
  ),
  archiveQueue: put('/api/queues/{id}/archive', 'Hide a queue', Strict(byName), queueAnswer),
  unarchiveQueue: put(
    '/api/queues/{id}/unarchive',
    'Bring an archived queue back',
    Strict(byName),
    queueAnswer,
  ),
  pauseQueue: put(
    '/api/queues/{id}/pause',
    'Stop claiming from a queue',
    Strict({
      ...byName,
      reason: Type.Optional(Type.String({ minLength: 1, maxLength: 1000 })),
      resume_at: Type.Optional(Nullable(Timestamp)),
    }),
    queueAnswer,
  ),
  resumeQueue: put('/api/queues/{id}/resume', 'Go on with a paused queue', Strict(byName), queueAnswer),
  activateQueue: put('/api/queues/{id}/activate', 'Start a planned queue', Strict(byName), queueAnswer),
  deleteQueue: remove(
    '/api/queues/{id}',
    'Delete a queue with its tasks',
    Strict({ ...byName, ...cancelRunning }),
    queueAnswer,
  ),
  peekQueue: get(
    '/api/queues/{id}/peek',
    'Show the task that a claim would take',
    Strict(byName),
    nextAnswer,
  ),
  claimTask: post(
    '/api/queues/{id}/claim',
    'Take the next task of a queue',
    Strict({
      ...byName,
      worker_id: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
      claim_key: Type.Optional(ClaimKey),
      runner_id: Type.Optional(Type.String({ minLength: 1 })),
      tools: Type.Optional(
        Type.Array(Type.String(), { description: 'claim only if the next task is for one of these tools' }),
      ),
    }),
    nextAnswer,
  ),

  listTasks: get(
    '/api/tasks',
    'List tasks, newest first',
    Strict({
      queue_id: Type.Optional(NameOrId),
      session_id: Type.Optional(NameOrId),
      status: Type.Optional(oneOf(taskStatuses)),
      tool_name: Type.Optional(Type.String({ minLength: 1 })),
      review: Type.Optional(oneOf(reviewStates)),
      q: Type.Optional(
        Type.String({ minLength: 1, description: 'text in the friendly id, payload, summary or error' }),
      ),
      ...page,
    }),
    pageOf('tasks', Task),
  ),
  createTask: create(
    '/api/tasks',
    'Put a task into a queue',
    TaskInput,
    Type.Object({
      task: Task,
      created: Type.Boolean({ description: 'false: the idempotency_key was known, this is the first task' }),
      warnings: Type.Array(Type.String()),
    }),
  ),
  getTask: get('/api/tasks/{id}', 'Show a task', Strict(byTask), taskAnswer),
  updateTask: put('/api/tasks/{id}', 'Change a queued task', Strict({ ...byTask, ...taskEdits }), taskAnswer),
  deleteTask: remove('/api/tasks/{id}', 'Delete a task that is not running', Strict(byTask), taskAnswer),
  moveTaskFirst: post(
    '/api/tasks/{id}/first',
    'Move a queued task to the front of its queue',
    Strict(byTask),
    taskAnswer,
  ),
  completeTask: post(
    '/api/tasks/{id}/complete',
    'Finish a running task as succeeded',
    Strict({ ...byTask, ...attemptGuard, result_summary: summary, result_data: Type.Optional(Json) }),
    taskAnswer,
  ),
  failTask: post(
    '/api/tasks/{id}/fail',
    'Finish a running task as failed',
    Strict({
      ...byTask,
      ...attemptGuard,
      error_message: summary,
      error_detail: Type.Optional(Nullable(Type.String())),
    }),
    taskAnswer,
  ),
  requeueTask: create(
    '/api/tasks/{id}/requeue',
    'Queue a copy of a finished task',
    Strict({ ...byTask, ...taskEdits }),
    taskAnswer,
  ),
  cancelTask: post('/api/tasks/{id}/cancel', 'Cancel a queued or running task', Strict(byTask), taskAnswer),
  reviewTask: post(
    '/api/tasks/{id}/review',
    'Accept or reject a finished task',
    Strict({
      ...byTask,
      decision: oneOf(['accepted', 'rejected'] as const),
      note: Type.Optional(Nullable(Type.String({ maxLength: 10_000 }))),
    }),
    taskAnswer,
  ),

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
  readOutput: {
    method: 'GET',
    path: '/api/tasks/{id}/output',
    summary: 'Read what an attempt wrote to one stream, as bytes',
    input: Strict({
      ...byTask,
      ...attemptGuard,
      stream: oneOf(outputStreams),
      offset: Type.Optional(Type.Integer({ minimum: 0 })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_048_576 })),
    }),
    output: 'bytes',
  },
  listOutputMarks: get(
    '/api/tasks/{id}/output/marks',
    'List when which stream of an attempt grew how far',
    Strict({ ...byTask, ...attemptGuard, after: Type.Optional(Type.Integer({ minimum: 0 })) }),
    Type.Object({
      marks: Type.Array(OutputMark),
      next_after: Type.Integer({ description: 'pass as `after` to go on' }),
      sizes: Type.Object({ stdout: Type.Integer(), stderr: Type.Integer() }),
      ended: Type.Boolean({ description: 'the attempt is over: nothing more will come' }),
    }),
  ),

  listTools: get('/api/tools', 'List tools', Strict({}), Type.Object({ tools: Type.Array(Tool) })),
  listTaskClasses: get(
    '/api/task-classes',
    'List task classes',
    Strict({}),
    Type.Object({ task_classes: Type.Array(TaskClass) }),
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
    Strict({ older_than_days: Type.Optional(Type.Number({ minimum: 0 })) }),
    Type.Object({ purged: Type.Integer() }),
  ),
  sweep: post(
    '/api/sweep',
    'Mark and end what ran past its time, resume what is due',
    Strict({}),
    Type.Object({
      stale: Type.Array(Type.String()),
      failed: Type.Array(Type.String()),
      resumed: Type.Array(Type.String()),
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
} as const satisfies Record<string, Operation>

export type OperationName = keyof typeof operations
