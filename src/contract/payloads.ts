import { type Static, type TSchema, Type } from '@sinclair/typebox'
import { Strict } from './fields.ts'

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
export const PromptPayload = Strict({ prompt: words })
export type PromptPayload = Static<typeof PromptPayload>

/** What kind of work a tool does: who executes it, and what its payload looks like. */
export const toolKinds = ['bash', 'python', 'prompt', 'other'] as const
export type ToolKind = (typeof toolKinds)[number]

/** What the name alone says; a tool with a command of its own takes prompts, whatever it is called (`kindOf`). */
export function toolKind(toolName: string): ToolKind {
  if (toolName === 'run-bash') return 'bash'
  if (toolName === 'run-python') return 'python'
  return toolName.startsWith('llm-') ? 'prompt' : 'other'
}

/** The tools that a runner executes without a command of theirs. */
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
