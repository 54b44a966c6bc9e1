import { type Static, Type } from '@sinclair/typebox'
import { Nullable, oneOf, Seconds, Strict } from './fields.ts'
import { executableTools, type ToolKind, toolKind, toolKinds } from './payloads.ts'

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

/** An argument vector, started without a shell. Where no word has the placeholder, the prompt comes on stdin. */
export const CommandTemplate = Type.Array(Type.String({ pattern: '^[^\\0]*$' }), {
  minItems: 1,
  description: 'a program and its arguments; {prompt} stands for the prompt, which else comes on stdin',
})

const Description = Nullable(Type.String({ maxLength: 1000 }))

export const Tool = Type.Object({
  name: Type.String(),
  description: Nullable(Type.String()),
  task_class: Type.String(),
  timeout: Nullable(Seconds),
  command: Nullable(Type.Array(Type.String(), { description: 'what runs its prompts' })),
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

export const toolEdits = {
  description: Type.Optional(Description),
  task_class: Type.Optional(Type.String({ minLength: 1 })),
  timeout: Type.Optional(Nullable(Seconds)),
  command: Type.Optional(Nullable(CommandTemplate)),
}
export const ToolInput = Strict({ ...toolEdits, name: Word, task_class: Type.String({ minLength: 1 }) })

export const taskClassEdits = { timeout: Type.Optional(Seconds), description: Type.Optional(Description) }
export const TaskClassInput = Strict({ ...taskClassEdits, name: Word, timeout: Seconds })

type Described = Pick<Tool, 'name' | 'command'>

/** What kind of work a tool does: one with a command of its own takes prompts. */
export const kindOf = ({ name, command }: Described): ToolKind => (command ? 'prompt' : toolKind(name))

/** Whether a runner executes its tasks itself; others are for workers to claim. */
export const isExecutable = ({ name, command }: Described): boolean =>
  command !== null || executableTools.includes(name)

/** Why this tool cannot have a command of its own; undefined when it can. */
export function commandRefusal({ name, command }: { name: string; command?: unknown }): string | undefined {
  if (!command || !executableTools.includes(name)) return undefined
  return `${name} runs scripts, and has no command: a tool of another name can have one`
}
