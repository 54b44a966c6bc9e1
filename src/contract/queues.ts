import { type Static, Type } from '@sinclair/typebox'
import { Instructions, Name, NameOrId, Nullable, oneOf, Strict, Timestamp } from './fields.ts'
import { CheckCommand } from './payloads.ts'

export const queueStatuses = ['planned', 'active', 'idle', 'ended', 'archived'] as const
export type QueueStatus = (typeof queueStatuses)[number]

/** A lane's settings; an absent one means the default that its description names. */
export const QueueSettings = Strict({
  default_tool: Type.Optional(
    Type.String({ minLength: 1, description: 'the tool of a task that names none' }),
  ),
  on_failure: Type.Optional(
    oneOf(['continue', 'pause'] as const), // default: continue
  ),
  on_lost: Type.Optional(
    oneOf(['hold', 'retry', 'fail'] as const), // default: hold; of an agent: retry
  ),
  on_wait: Type.Optional(
    oneOf(['block', 'skip'] as const), // default: a retry or a limit blocks, a question is skipped
  ),
  context: Type.Optional(
    oneOf(['thread', 'fresh'] as const), // default: thread
  ),
  check: Type.Optional(CheckCommand),
  check_retries: Type.Optional(Type.Integer({ minimum: 0, maximum: 20, description: 'default: 2' })),
  worktree: Type.Optional(
    Type.Boolean({ description: 'its agents work in a git work tree of their own; default: false' }),
  ),
  max_usd: Type.Optional(
    Type.Number({ exclusiveMinimum: 0, description: 'what it may cost a night; default: limits.max_usd' }),
  ),
})
export type QueueSettings = Static<typeof QueueSettings>

export type QueueSettingsPatch = { [K in keyof QueueSettings]?: QueueSettings[K] | null }

/** Settings with `null` for "back to the default". */
export const QueueSettingsPatch = Type.Unsafe<QueueSettingsPatch>(
  Strict(
    Object.fromEntries(
      Object.entries(QueueSettings.properties).map(([key, schema]) => [key, Type.Optional(Nullable(schema))]),
    ),
  ),
)

export const QueueCounts = Type.Object({
  queued: Type.Integer(),
  running: Type.Integer(),
  succeeded: Type.Integer(),
  failed: Type.Integer(),
})
export type QueueCounts = Static<typeof QueueCounts>

export const Queue = Type.Object({
  id: Type.String(),
  name: Name,
  task_prefix: Type.String({ description: 'the word in its friendly ids: AUTH in AUTH-7' }),
  session: Type.Object({ id: Type.String(), name: Type.String() }),
  instructions: Nullable(Type.String()),
  status: oneOf(queueStatuses),
  pause_reason: Nullable(Type.String()),
  paused_by: Nullable(
    Type.String({ description: 'who did, or the setting that has it pause: on_failure, on_lost, max_usd' }),
  ),
  resume_at: Nullable(Timestamp),
  settings: QueueSettings,
  /** The server keeps a runner on it, or none; null: as it was told for all lanes. */
  runner_wanted: Nullable(oneOf(['on', 'off'] as const)),
  counts: QueueCounts,
  created_at: Timestamp,
  updated_at: Timestamp,
  ended_at: Nullable(Timestamp),
  archived_at: Nullable(Timestamp),
})
export type Queue = Static<typeof Queue>

export const QueueInput = Strict({
  session_id: NameOrId,
  name: Name,
  instructions: Type.Optional(Nullable(Instructions)),
  status: Type.Optional(oneOf(['active', 'planned'] as const)),
  settings: Type.Optional(QueueSettings),
})
export type QueueInput = Static<typeof QueueInput>
