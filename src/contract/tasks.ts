import { type Static, Type } from '@sinclair/typebox'
import {
  Json,
  JsonObject,
  NameOrId,
  Nullable,
  oneOf,
  Seconds,
  Strict,
  Timestamp,
  TimestampInput,
} from './fields.ts'
import { TaskQuestion } from './questions.ts'

export const taskStatuses = ['queued', 'running', 'succeeded', 'failed'] as const
export type TaskStatus = (typeof taskStatuses)[number]

/** Why a queued task that was already claimed once waits. */
export const waitReasons = ['retry', 'limit', 'question', 'worker_lost'] as const
export type WaitReason = (typeof waitReasons)[number]

/**
 * Why a claim takes nothing: no queued task · the queue is planned, paused, ended or archived · all are delayed · the
 * first one waits for a retry, a limit or an answer and so holds the lane · the first one is for another tool · the disk
 * has too little room for a runner to begin anything · as many tasks run as `limits.max_running` allows, or what is left
 * is for lanes that wait longer · the runner that claims was asked to go · the provider of the agent that the first one
 * needs is limited or paused · another agent works in the same tree
 */
export const claimRefusals = [
  'empty',
  'not_active',
  'delayed',
  'waiting',
  'other_tool',
  'no_space',
  'max_running',
  'stopping',
  'provider',
  'tree_busy',
] as const
export type ClaimRefusal = (typeof claimRefusals)[number]

/** How a failure came about. */
export const errorTypes = [
  'exit_code',
  'signal',
  'timeout',
  'stalled',
  'cancelled',
  'spawn_failed',
  'worker_lost',
  'reported',
  'check_failed',
  'agent_error',
  'invalid_payload',
] as const
export type ErrorType = (typeof errorTypes)[number]

export const reviewStates = ['unreviewed', 'accepted', 'rejected', 'requeued'] as const
export type ReviewState = (typeof reviewStates)[number]

/** What the person may say of a finished task; `unreviewed` takes what was said back, with its note. */
export const reviewDecisions = ['accepted', 'rejected', 'unreviewed'] as const

/** What the person has to say of a finished task. */
export const ReviewNote = Nullable(Type.String({ maxLength: 10_000 }))

export const Task = Type.Object({
  id: Type.String(),
  friendly_id: Type.String(),
  queue: Type.Object({
    id: Type.String(),
    name: Type.String(),
    instructions: Type.Optional(
      Nullable(Type.String({ description: 'where one task is answered; not in listings' })),
    ),
  }),
  session: Type.Object({ id: Type.String(), name: Type.String() }),
  tool_name: Type.String(),
  task_class: Type.String(),
  payload: Json,
  status: oneOf(taskStatuses),
  timeout: Seconds,
  warns_at: Nullable(Timestamp),
  stops_at: Nullable(Timestamp),
  attempts: Type.Integer({ description: 'attempts that were charged' }),
  max_attempts: Type.Integer(),
  attempt: Nullable(Type.Integer({ description: 'number of the current or last attempt' })),
  not_before: Nullable(Timestamp),
  wait_reason: Nullable(oneOf(waitReasons)),
  worker_id: Nullable(Type.String()),
  created_at: Timestamp,
  updated_at: Timestamp,
  claimed_at: Nullable(Timestamp),
  started_at: Nullable(Timestamp),
  finished_at: Nullable(Timestamp),
  stale_warned_at: Nullable(Timestamp),
  /** Since when it makes no output and uses no processor time. */
  stalled_at: Nullable(Timestamp),
  cancel_requested_at: Nullable(Timestamp),
  result_summary: Nullable(Type.String()),
  result_data: Json,
  exit_code: Nullable(Type.Integer()),
  signal: Nullable(Type.String()),
  error_type: Nullable(oneOf(errorTypes)),
  error_message: Nullable(Type.String()),
  error_detail: Nullable(Type.String()),
  requeued_from: Nullable(Type.String()),
  idempotency_key: Nullable(Type.String()),
  review: Nullable(oneOf(reviewStates)),
  needs_review: Type.Boolean(),
  review_note: Nullable(Type.String()),
  reviewed_at: Nullable(Timestamp),
  /** Of all its attempts, as their agents reckon it; null where none did. */
  cost_usd: Nullable(Type.Number()),
  questions: Type.Optional(
    Type.Array(TaskQuestion, {
      description: 'what its workers asked; where one task is answered, not in listings',
    }),
  ),
})
export type Task = Static<typeof Task>

export const IdempotencyKey = Type.String({ minLength: 1, maxLength: 200 })
export const MaxAttempts = Type.Integer({ minimum: 1, maximum: 100 })
export const ClaimKey = Type.String({ minLength: 1, maxLength: 200 })
export const AttemptNumber = Type.Integer({ minimum: 1 })

export const TaskInput = Strict({
  queue_id: NameOrId,
  tool_name: Type.Optional(Type.String({ minLength: 1, description: 'default: the lane’s default_tool' })),
  payload: JsonObject,
  task_class: Type.Optional(Type.String({ minLength: 1 })),
  timeout: Type.Optional(Seconds),
  not_before: Type.Optional(Nullable(TimestampInput)),
  max_attempts: Type.Optional(MaxAttempts),
  idempotency_key: Type.Optional(IdempotencyKey),
})
export type TaskInput = Static<typeof TaskInput>

/** How many tasks can be queued at once. */
export const mostTasks = 10_000

/** A prompt or a script, and where it goes: the tool follows from that. */
export const QuickAdd = Strict({
  queue_id: NameOrId,
  mode: oneOf(['llm', 'script'] as const),
  prompt: Type.Optional(Type.String({ minLength: 1, description: 'for llm' })),
  script_path: Type.Optional(Type.String({ minLength: 1, description: 'for script' })),
  script_args: Type.Optional(Type.Array(Type.String(), { description: 'for script' })),
  tool_name: Type.Optional(Type.String({ minLength: 1 })),
})
export type QuickAdd = Static<typeof QuickAdd>

/** A task that is not queued yet: what the rules make of it, or why they refuse it. */
export const CheckedTask = Type.Object({
  queue: Nullable(Type.Object({ id: Type.String(), name: Type.String() })),
  tool_name: Nullable(Type.String()),
  task_class: Nullable(Type.String()),
  timeout: Nullable(Seconds),
  known: Nullable(
    Type.String({ description: 'friendly id of the task that has its idempotency_key already' }),
  ),
  warnings: Type.Array(Type.String()),
  problem: Nullable(
    Type.Object({
      message: Type.String(),
      hint: Nullable(Type.String()),
      pointer: Nullable(Type.String({ description: 'JSON pointer into the task' })),
    }),
  ),
})
export type CheckedTask = Static<typeof CheckedTask>

/** What may be changed of a queued task, and in the copy that a requeue makes. */
export const taskEdits = {
  payload: Type.Optional(JsonObject),
  timeout: Type.Optional(Seconds),
  not_before: Type.Optional(Nullable(TimestampInput)),
}
export const TaskEdits = Strict(taskEdits)
export type TaskEdits = Static<typeof TaskEdits>
