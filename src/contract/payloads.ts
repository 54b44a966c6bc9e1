import { type Static, type TSchema, Type } from '@sinclair/typebox'
import { Strict } from './fields.ts'

/** Proves that the work of a task is done; without it, its tool's word counts. */
export const CheckCommand = Type.String({
  minLength: 1,
  maxLength: 10_000,
  pattern: '^[^\\0]*$',
  description: 'a command line for bash: the task has succeeded when this exits with 0, too',
})
/** The lane may have one for all its tasks; a task's own goes before it. */
const check = Type.Optional(CheckCommand)

const where = {
  cwd: Type.Optional(
    Type.String({ minLength: 1, description: 'folder to run in; default: project.repo_path' }),
  ),
  env: Type.Optional(
    Type.Record(Type.String({ pattern: '^[^=\\0]+$' }), Type.String(), {
      additionalProperties: false,
      description: 'added to the runner’s own',
    }),
  ),
  check,
}
const args = Type.Optional(Type.Array(Type.String()))
const words = Type.String({ minLength: 1 })

/** A script with its arguments. Paths are relative to the project. */
export const ScriptPayload = Strict({ script_path: words, args, ...where })
export type ScriptPayload = Static<typeof ScriptPayload>
export const CommandPayload = Strict({ command: words, ...where })
export type CommandPayload = Static<typeof CommandPayload>
export const CodePayload = Strict({ code: words, ...where })
export type CodePayload = Static<typeof CodePayload>
export const PromptPayload = Strict({ prompt: words, check })
export type PromptPayload = Static<typeof PromptPayload>

/** What kind of work a tool does: who executes it, and what its payload looks like. */
export const toolKinds = ['bash', 'python', 'prompt', 'other'] as const
export type ToolKind = (typeof toolKinds)[number]

/** What the name alone says; a tool with an agent or a command takes prompts, whatever it is called (`kindOf`). */
export function toolKind(toolName: string): ToolKind {
  if (toolName === 'run-bash') return 'bash'
  if (toolName === 'run-python') return 'python'
  return toolName.startsWith('llm-') ? 'prompt' : 'other'
}

/** The tools that a runner executes without a command or an agent of theirs. */
export const executableTools = ['run-bash', 'run-python']

/**
 * The one schema that this payload has to fit, chosen by the field that says what to run, so that an error speaks of
 * that alternative alone.
 */
export function payloadSchema(kind: ToolKind, payload: Record<string, unknown>): TSchema | undefined {
  switch (kind) {
    case 'bash':
      return 'command' in payload ? CommandPayload : ScriptPayload
    case 'python':
      return 'code' in payload ? CodePayload : ScriptPayload
    case 'prompt':
      return PromptPayload
    case 'other':
      return undefined
  }
}
