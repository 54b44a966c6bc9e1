import { type Static, type TSchema, Type } from '@sinclair/typebox'
import { Nullable, oneOf, Seconds, Strict } from './fields.ts'
import { agentSettings, CommandTemplate, wordPattern } from './tools.ts'

const Optional = <T extends TSchema>(schema: T) => Type.Optional(schema)
const text = Type.String({ minLength: 1 })
const host = Type.String({
  pattern: '^(\\[[0-9a-fA-F:.]+\\]|[A-Za-z0-9._-]+)(:\\d{1,5})?$',
  description: 'a host name or address, with or without a port',
})

const named = <T extends TSchema>(schema: T) =>
  Type.Record(Type.String({ pattern: wordPattern }), schema, { additionalProperties: false })

/** Who comes in without the token: this machine's user alone, or whoever reaches the server. */
export const serverAccess = ['local', 'open'] as const
export type ServerAccess = (typeof serverAccess)[number]

/** What may need a person's eye once it is finished. */
export const reviewNeeds = ['failures', 'questions', 'agents', 'all'] as const

/** What becomes of a task that shows no life: it is marked, or stopped as well. */
export const onStall = ['flag', 'fail'] as const
/** What a person is told of when it happens. */
export const notifyKinds = ['task_failed', 'lane_empty', 'lane_paused', 'question', 'limit'] as const
export type NotifyKind = (typeof notifyKinds)[number]

/** Of which tasks it is noted what they changed in their git work tree. */
export const changesOf = ['none', 'agents', 'all'] as const

export const TaskClassSetting = Strict({ timeout: Seconds, description: Optional(Type.String()) })
export const ToolSetting = Strict({
  description: Optional(Type.String()),
  task_class: text,
  timeout: Optional(Seconds),
  command: Optional(CommandTemplate),
  ...agentSettings,
})

/** What may stand in `sparkq.yml`. Everything has a default; nothing else is accepted. */
export const ConfigFile = Strict({
  project: Optional(
    Strict({
      name: Optional(Type.String({ minLength: 1, maxLength: 100 })),
      repo_path: Optional(text),
      prd_path: Optional(Nullable(text)),
    }),
  ),
  server: Optional(
    Strict({
      port: Optional(Type.Integer({ minimum: 0, maximum: 65535 })),
      host: Optional(text),
      access: Optional(oneOf(serverAccess)),
      allowed_hosts: Optional(Type.Array(host)),
    }),
  ),
  database: Optional(Strict({ path: Optional(text), mode: Optional(Type.Literal('wal')) })),
  purge: Optional(
    Strict({
      older_than_days: Optional(Type.Number({ minimum: 0, maximum: 36_500 })),
      keep_unreviewed: Optional(Type.Boolean()),
    }),
  ),
  queue_runner: Optional(
    Strict({
      poll_interval: Optional(Type.Number({ minimum: 0.1, maximum: 86_400 })),
      auto_fail_interval_seconds: Optional(Seconds),
      base_url: Optional(Nullable(text)),
      lock_dir: Optional(Nullable(text)),
      keep_awake: Optional(Type.Boolean()),
    }),
  ),
  limits: Optional(
    Strict({
      warn_factor: Optional(Type.Number({ minimum: 0.01, maximum: 100 })),
      fail_factor: Optional(Type.Number({ minimum: 0.01, maximum: 100 })),
      stop_grace: Optional(Type.Number({ minimum: 0, maximum: 3600 })),
      retry_delay: Optional(Type.Number({ minimum: 0, maximum: 86_400 })),
      /** Megabytes of an attempt's output that are kept, over both streams: beyond them, head and tail. */
      max_output_mb: Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1_000_000_000 })),
      /** Megabytes (of 1024²) that a disk must have free for a runner to begin a task; 0: it is not asked. */
      min_free_mb: Optional(Type.Number({ minimum: 0, maximum: 1_000_000_000 })),
      max_running: Optional(Nullable(Type.Integer({ minimum: 1 }))),
      stall_after: Optional(Type.Number({ minimum: 0, maximum: 31_536_000 })),
      on_stall: Optional(oneOf(onStall)),
      max_usd: Optional(Nullable(Type.Number({ exclusiveMinimum: 0 }))),
    }),
  ),
  notify: Optional(
    Strict({
      command: Optional(Nullable(text)),
      desktop: Optional(Type.Boolean()),
      on: Optional(Type.Array(oneOf(notifyKinds))),
    }),
  ),
  review: Optional(
    Strict({ needs: Optional(Type.Array(oneOf(reviewNeeds))), changes: Optional(oneOf(changesOf)) }),
  ),
  task_classes: Optional(named(TaskClassSetting)),
  tools: Optional(named(ToolSetting)),
  script_dirs: Optional(Type.Array(text)),
})
export type ConfigFile = Static<typeof ConfigFile>

/** The effective configuration: the defaults, and over them what the file says. Durations in seconds. */
export const defaultConfig = {
  project: { name: 'project', repo_path: '.', prd_path: null as string | null },
  server: { port: 5005, host: '0.0.0.0', access: 'local' as ServerAccess, allowed_hosts: [] as string[] },
  database: { path: 'sparkq/data/sparkq.db', mode: 'wal' as const },
  purge: { older_than_days: 3, keep_unreviewed: false },
  queue_runner: {
    poll_interval: 30,
    auto_fail_interval_seconds: 300,
    base_url: null as string | null,
    lock_dir: null as string | null,
    keep_awake: true,
  },
  limits: {
    warn_factor: 1,
    fail_factor: 2,
    stop_grace: 10,
    retry_delay: 10,
    max_output_mb: 64,
    min_free_mb: 256,
    /** How many tasks may run at once, over all lanes; null: as many as there are claims. */
    max_running: null as number | null,
    stall_after: 600,
    on_stall: 'flag' as (typeof onStall)[number],
    /** What each lane's agents may cost from noon to noon, as they reckon it; null: whatever they do. */
    max_usd: null as number | null,
  },
  notify: { command: null as string | null, desktop: true, on: [...notifyKinds] as NotifyKind[] },
  review: {
    needs: ['failures', 'questions', 'agents'] as (typeof reviewNeeds)[number][],
    changes: 'agents' as (typeof changesOf)[number],
  },
  task_classes: {
    FAST_SCRIPT: { timeout: 120 },
    MEDIUM_SCRIPT: { timeout: 600 },
    LLM_LITE: { timeout: 480 },
    LLM_HEAVY: { timeout: 1200 },
  } as Record<string, Static<typeof TaskClassSetting>>,
  tools: {
    'run-bash': { description: 'Bash script', task_class: 'MEDIUM_SCRIPT' },
    'run-python': { description: 'Python script', task_class: 'MEDIUM_SCRIPT' },
    'llm-haiku': { description: 'Haiku', task_class: 'LLM_LITE', agent: 'claude', model: 'haiku' },
    'llm-sonnet': { description: 'Sonnet', task_class: 'LLM_HEAVY', agent: 'claude', model: 'sonnet' },
    'llm-codex': { description: 'Codex', task_class: 'LLM_HEAVY', agent: 'codex' },
  } as Record<string, Static<typeof ToolSetting>>,
  script_dirs: ['scripts'],
}
export type Config = typeof defaultConfig
