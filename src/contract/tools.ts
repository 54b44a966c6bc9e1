import { type Static, Type } from '@sinclair/typebox'
import { agentFacts, agentNames } from './agents.ts'
import { Nullable, oneOf, Seconds, Strict } from './fields.ts'
import { executableTools, type ToolKind, toolKind, toolKinds } from './payloads.ts'
import { and } from './words.ts'

/** Where a tool or class comes from: `sparkq.yml`, or a person in the UI, CLI or API; the person's wins. */
export const sources = ['file', 'user'] as const

/** What tools and classes are called: a word to type, and a part of an address. */
export const wordPattern = '^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$'
const Word = Type.String({
  pattern: wordPattern,
  description: 'letters, digits, ".", "_" and "-", at most 100',
})

/** What stands in a command template for the prompt. */
export const promptPlaceholder = '{prompt}'

const argument = Type.String({ pattern: '^[^\\0]*$' })

/** An argument vector, started without a shell. Where no word has the placeholder, the prompt comes on stdin. */
export const CommandTemplate = Type.Array(argument, {
  minItems: 1,
  description: 'a program and its arguments; {prompt} stands for the prompt, which else comes on stdin',
})

const Description = Nullable(Type.String({ maxLength: 1000 }))
const Model = Type.String({ minLength: 1, maxLength: 200, pattern: '^[^-\\0][^\\0]*$' })
const Turns = Type.Integer({ minimum: 1, maximum: 100_000 })
const Usd = Type.Number({ exclusiveMinimum: 0 })
const Args = Type.Array(argument, { description: 'added to how the agent is called' })
const UsesKey = Type.Boolean({
  description: 'API keys in the environment are passed on to the agent, which then bills them',
})

/** What may be said of a tool that is an agent. */
export const agentSettings = {
  agent: Type.Optional(oneOf(agentNames)),
  model: Type.Optional(Model),
  args: Type.Optional(Args),
  permission_mode: Type.Optional(Type.String({ minLength: 1 })),
  max_turns: Type.Optional(Turns),
  max_budget_usd: Type.Optional(Usd),
  use_api_key: Type.Optional(UsesKey),
}

export const Tool = Type.Object({
  name: Type.String(),
  description: Nullable(Type.String()),
  task_class: Type.String(),
  timeout: Nullable(Seconds),
  command: Nullable(Type.Array(Type.String(), { description: 'what runs its prompts' })),
  agent: Nullable(oneOf(agentNames)),
  model: Nullable(Type.String()),
  args: Type.Array(Type.String()),
  permission_mode: Nullable(Type.String()),
  max_turns: Nullable(Type.Integer()),
  max_budget_usd: Nullable(Type.Number()),
  use_api_key: Type.Boolean(),
  kind: oneOf(toolKinds),
  source: oneOf(sources),
  hidden: Type.Boolean({ description: 'sparkq.yml has it, and a person deleted it' }),
})
export type Tool = Static<typeof Tool>

export const TaskClass = Type.Object({
  name: Type.String(),
  timeout: Seconds,
  description: Nullable(Type.String()),
  source: oneOf(sources),
  hidden: Type.Boolean({ description: 'sparkq.yml has it, and a person deleted it' }),
})
export type TaskClass = Static<typeof TaskClass>

/** An agent and a command exclude each other: to set one is to take the other away. */
export const toolEdits = {
  description: Type.Optional(Description),
  task_class: Type.Optional(Type.String({ minLength: 1 })),
  timeout: Type.Optional(Nullable(Seconds)),
  command: Type.Optional(Nullable(CommandTemplate)),
  agent: Type.Optional(Nullable(oneOf(agentNames))),
  model: Type.Optional(Nullable(Model)),
  args: Type.Optional(Args),
  permission_mode: Type.Optional(Nullable(Type.String({ minLength: 1 }))),
  max_turns: Type.Optional(Nullable(Turns)),
  max_budget_usd: Type.Optional(Nullable(Usd)),
  use_api_key: Type.Optional(UsesKey),
}
export const ToolInput = Strict({ ...toolEdits, name: Word, task_class: Type.String({ minLength: 1 }) })

export const taskClassEdits = { timeout: Type.Optional(Seconds), description: Type.Optional(Description) }
export const TaskClassInput = Strict({ ...taskClassEdits, name: Word, timeout: Seconds })

/** What a tool is where nothing is said of an agent. */
export const noAgent: Pick<
  Tool,
  'agent' | 'model' | 'args' | 'permission_mode' | 'max_turns' | 'max_budget_usd' | 'use_api_key'
> = {
  agent: null,
  model: null,
  args: [],
  permission_mode: null,
  max_turns: null,
  max_budget_usd: null,
  use_api_key: false,
}

type Described = Pick<Tool, 'name' | 'command' | 'agent'>

/** What kind of work a tool does: an agent, and one with a command of its own, take prompts. */
export const kindOf = ({ name, command, agent }: Described): ToolKind =>
  command || agent ? 'prompt' : toolKind(name)

/** Whether a runner executes its tasks itself; others are for workers to claim. */
export const isExecutable = ({ name, command, agent }: Described): boolean =>
  command !== null || agent !== null || executableTools.includes(name)

/** What of a tool cannot be: the field, and a sentence without its point. */
export type ToolRefusal = { key: keyof typeof toolEdits; says: string }

type Settings = { name: string } & { [K in keyof typeof noAgent]?: Tool[K] | undefined } & {
  command?: unknown
}

/** Why a tool cannot be as it is described; undefined when it can. */
export function toolRefusal(tool: Settings): ToolRefusal | undefined {
  const { name, command, agent, permission_mode: mode } = tool
  const runsScripts = executableTools.includes(name)
  if (command && runsScripts)
    return {
      key: 'command',
      says: `${name} runs scripts, and has no command: a tool of another name can have one`,
    }
  if (agent && runsScripts)
    return {
      key: 'agent',
      says: `${name} runs scripts, and has no agent: a tool of another name can have one`,
    }
  if (agent && command)
    return { key: 'command', says: `${name} has an agent, and so no command: it is one or the other` }
  if (!agent) return withoutAgent(tool)
  const { title, permission_modes, limits } = agentFacts[agent]
  if (mode && !permission_modes.includes(mode))
    return {
      key: 'permission_mode',
      says: `${title} has no permission mode "${mode}": ${and(permission_modes)}`,
    }
  const unknown = (['max_turns', 'max_budget_usd'] as const).find(
    key => tool[key] != null && !limits.includes(key),
  )
  return unknown && { key: unknown, says: `${title} knows no ${unknown}` }
}

/** A setting that nothing would go by. */
function withoutAgent(tool: Settings): ToolRefusal | undefined {
  const key = (['model', 'permission_mode', 'max_turns', 'max_budget_usd'] as const).find(
    it => tool[it] != null,
  )
  const given = key ?? (tool.args?.length ? 'args' : tool.use_api_key ? 'use_api_key' : undefined)
  return given && { key: given, says: `${given} is for tools that have an agent, and ${tool.name} has none` }
}
