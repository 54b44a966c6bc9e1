import { type Static, Type } from '@sinclair/typebox'
import { Nullable, oneOf, Strict, Timestamp } from './fields.ts'

/** The agents that SparkQ drives by their command line. Each is a provider of its own: its limits are nobody else's. */
export const agentNames = ['claude', 'codex', 'gemini'] as const
export type AgentName = (typeof agentNames)[number]

/**
 * What is to be known of an agent without asking it.
 *
 * @property install  how its program comes onto the machine
 * @property login    what mends that it is not logged in
 * @property resume   goes on with a conversation, whose id follows, at a terminal
 * @property billing  where its account is paid for
 * @property limits   which of a tool's own limits its command line knows
 */
export type AgentFacts = {
  title: string
  program: string
  install: string
  login: string
  resume: string
  billing: string
  permission_modes: readonly string[]
  default_permission_mode: string
  limits: readonly ('max_turns' | 'max_budget_usd')[]
}

/** The modes are the words of the tools themselves: `claude --permission-mode`, `codex --sandbox`, `gemini --approval-mode`. */
export const agentFacts: Record<AgentName, AgentFacts> = {
  claude: {
    title: 'Claude Code',
    program: 'claude',
    install: 'npm install -g @anthropic-ai/claude-code',
    login: 'claude',
    resume: 'claude --resume',
    billing: 'https://claude.ai/settings/billing',
    permission_modes: ['default', 'acceptEdits', 'plan', 'auto', 'dontAsk', 'manual', 'bypassPermissions'],
    default_permission_mode: 'acceptEdits',
    limits: ['max_turns', 'max_budget_usd'],
  },
  codex: {
    title: 'Codex',
    program: 'codex',
    install: 'npm install -g @openai/codex',
    login: 'codex login',
    resume: 'codex resume',
    billing: 'https://platform.openai.com/settings/organization/billing',
    permission_modes: ['read-only', 'workspace-write', 'danger-full-access'],
    default_permission_mode: 'workspace-write',
    limits: [],
  },
  gemini: {
    title: 'Gemini',
    program: 'gemini',
    install: 'npm install -g @google/gemini-cli',
    login: 'gemini',
    resume: 'gemini --resume',
    billing: 'https://aistudio.google.com/usage',
    permission_modes: ['default', 'auto_edit', 'yolo', 'plan'],
    default_permission_mode: 'auto_edit',
    limits: [],
  },
}

/**
 * How a run of an agent ended, as its own events tell it: exit codes lie.
 * `denied`: tools were denied to it, and none succeeded after that · `empty`: it said nothing · `network`: its service
 * could not be reached · `lost_conversation`: there is none to resume · `full_conversation`: it takes no more ·
 * `refused`: the model would not · `misuse`: it does not understand how it was called · `no_result`: it ended by itself
 * and never said how
 */
export const agentOutcomes = [
  'ok',
  'denied',
  'empty',
  'usage_limit',
  'overload',
  'network',
  'auth',
  'billing',
  'max_turns',
  'max_budget',
  'lost_conversation',
  'full_conversation',
  'refused',
  'unknown_model',
  'misuse',
  'killed',
  'no_result',
  'error',
] as const
export type AgentOutcome = (typeof agentOutcomes)[number]

const tokens = Type.Integer({ minimum: 0 })

/** `input_tokens` with those of `cached_input_tokens`. `cost_usd`: as the agent reckons it; null where it does not. */
export const Usage = Strict({
  input_tokens: tokens,
  cached_input_tokens: tokens,
  output_tokens: tokens,
  cost_usd: Nullable(Type.Number({ minimum: 0 })),
})
export type Usage = Static<typeof Usage>

export const noUsage: Usage = { input_tokens: 0, cached_input_tokens: 0, output_tokens: 0, cost_usd: null }

const Denial = Strict({ tool: Type.String(), detail: Type.String() })

const ofRun = {
  agent: oneOf(agentNames),
  outcome: oneOf(agentOutcomes),
  version: Type.Optional(Type.String()),
  model: Type.Optional(Type.String()),
  session_id: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
  api_key_source: Type.Optional(Type.String({ description: 'who pays, in the agent’s own words' })),
  turns: Type.Optional(Type.Integer({ minimum: 0 })),
  resets_at: Type.Optional(Nullable(Timestamp)),
  limit: Type.Optional(Nullable(Type.String({ description: 'which one: five_hour, seven_day …' }))),
  denied: Type.Optional(Type.Array(Denial)),
}

/** What an agent told of a run. `total` is of the run, or (`total_of`) of its conversation so far. */
export const AgentReport = Strict({
  ...ofRun,
  total: Type.Optional(Usage),
  total_of: Type.Optional(oneOf(['run', 'conversation'] as const)),
})
export type AgentReport = Static<typeof AgentReport>

/** The same as it is kept. `usage` is what this run took, whatever the agent counts. */
export const AgentRun = Type.Object({ ...ofRun, usage: Usage })
export type AgentRun = Static<typeof AgentRun>

/** A conversation of an agent, on the machine that holds it. One lane has one, or (fresh) one for each task. */
export const Conversation = Type.Object({
  id: Type.String(),
  queue_id: Type.String(),
  agent: oneOf(agentNames),
  host: Type.String(),
  session_id: Nullable(Type.String({ description: 'the agent’s own name for it' })),
  begun: Type.Boolean({ description: 'the agent knows it: it can be resumed' }),
  instructions: Nullable(Type.String({ description: 'of the lane, as they were last told in it' })),
  tasks: Type.Integer({ description: 'that ended in it' }),
  usage: Usage,
  created_at: Timestamp,
  closed_at: Nullable(Timestamp),
  closed_because: Nullable(Type.String()),
})
export type Conversation = Static<typeof Conversation>

export const providerStatuses = ['open', 'limited', 'paused'] as const
export const providerCauses = ['usage_limit', 'overload', 'network', 'auth', 'billing', 'person'] as const
export type ProviderCause = (typeof providerCauses)[number]

/** Whether agents of a provider may begin work. `limited` ends by itself; `paused` when a person says so. */
export const Provider = Type.Object({
  name: oneOf(agentNames),
  status: oneOf(providerStatuses),
  because: Nullable(oneOf(providerCauses)),
  message: Nullable(Type.String()),
  mend: Nullable(Type.String({ description: 'a command' })),
  until: Nullable(Timestamp),
  since: Nullable(Timestamp),
  probes: Type.Integer({ description: 'how often one task tried it since then, in vain' }),
  canary_task_id: Nullable(Type.String({ description: 'the task that tries it now' })),
  queued: Type.Integer({ description: 'tasks that need it' }),
})
export type Provider = Static<typeof Provider>
