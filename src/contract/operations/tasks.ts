import { Type } from '@sinclair/typebox'
import { Json, NameOrId, Nullable, oneOf, page, pageOf, Strict } from '../fields.ts'
import {
  CheckedTask,
  mostTasks,
  QuickAdd,
  ReviewNote,
  reviewDecisions,
  reviewStates,
  Task,
  TaskInput,
  taskEdits,
  taskStatuses,
} from '../tasks.ts'
import { Why } from '../why.ts'
import { attemptGuard, byTask, create, get, post, put, remove, taskAnswer } from './define.ts'

const words = Type.String({ minLength: 1, maxLength: 100_000 })

/** More are refused: they are queued in one transaction, and meanwhile nobody else writes. */
const manyTasks = Strict({ tasks: Type.Array(TaskInput, { minItems: 1, maxItems: mostTasks }) })

const createdTask = Type.Object({
  task: Task,
  created: Type.Boolean({ description: 'false: the idempotency_key was known, this is the first task' }),
  warnings: Type.Array(Type.String()),
})

export const taskOperations = {
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
  createTask: create('/api/tasks', 'Put a task into a queue', TaskInput, createdTask),
  quickAddTask: create(
    '/api/tasks/quick-add',
    'Put a prompt or a script into a queue; the tool is chosen by what it is',
    QuickAdd,
    createdTask,
  ),
  createTasks: create(
    '/api/tasks/bulk',
    'Put many tasks into queues: all of them, or none',
    manyTasks,
    Type.Object({
      tasks: Type.Array(Task),
      created: Type.Integer({
        description: 'how many are new; the others were known by their idempotency_key',
      }),
      warnings: Type.Array(Type.String()),
    }),
  ),
  checkTasks: post(
    '/api/tasks/check',
    'Say what would become of tasks if they were queued, and queue none',
    manyTasks,
    Type.Object({ tasks: Type.Array(CheckedTask, { description: 'one for each that was given' }) }),
  ),
  getTask: get('/api/tasks/{id}', 'Show a task', Strict(byTask), taskAnswer),
  explainTask: get(
    '/api/tasks/{id}/why',
    'Say in one sentence why a task is not running, and what would change that',
    Strict(byTask),
    Type.Object({ why: Why }),
  ),
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
    Strict({ ...byTask, ...attemptGuard, result_summary: words, result_data: Type.Optional(Json) }),
    taskAnswer,
  ),
  failTask: post(
    '/api/tasks/{id}/fail',
    'Finish a running task as failed',
    Strict({
      ...byTask,
      ...attemptGuard,
      error_message: words,
      error_detail: Type.Optional(Nullable(Type.String())),
    }),
    taskAnswer,
  ),
  requeueTask: create(
    '/api/tasks/{id}/requeue',
    'Queue a copy of a finished task',
    Strict({ ...byTask, ...taskEdits, note: Type.Optional(ReviewNote) }),
    taskAnswer,
  ),
  cancelTask: post('/api/tasks/{id}/cancel', 'Cancel a queued or running task', Strict(byTask), taskAnswer),
  reviewTask: post(
    '/api/tasks/{id}/review',
    'Accept or reject a finished task, or take a decision back',
    Strict({
      ...byTask,
      decision: oneOf(reviewDecisions),
      note: Type.Optional(ReviewNote),
    }),
    taskAnswer,
  ),
} as const
