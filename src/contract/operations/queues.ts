import { Type } from '@sinclair/typebox'
import { ProcessIdentity } from '../attempts.ts'
import {
  Name,
  NameOrId,
  Nullable,
  oneOf,
  page,
  pageOf,
  Strict,
  Timestamp,
  TimestampInput,
} from '../fields.ts'
import { Queue, QueueInput, QueueSettingsPatch, queueStatuses } from '../queues.ts'
import { MissingTool } from '../runners.ts'
import { ClaimKey, claimRefusals, Task } from '../tasks.ts'
import { byName, cancelRunning, create, get, post, put, queueAnswer, remove } from './define.ts'

/** What a claim takes, or why it takes nothing, and when (at the latest) that may be different. */
const nextAnswer = Type.Object({
  task: Nullable(Task),
  none_because: Nullable(oneOf(claimRefusals)),
  retry_at: Nullable(Timestamp),
})

export const queueOperations = {
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
      resume_at: Type.Optional(Nullable(TimestampInput)),
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
      /** The claim is for as long as this lives: when it is gone, the task goes back at once, uncharged. */
      process: Type.Optional(ProcessIdentity),
      tools: Type.Optional(
        Type.Array(Type.String(), { description: 'claim only if the next task is for one of these tools' }),
      ),
      missing: Type.Optional(
        Type.Array(MissingTool, { description: 'tools that this runner would run, had it their programs' }),
      ),
    }),
    nextAnswer,
  ),
} as const
