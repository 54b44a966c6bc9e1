import type { Static, TObject } from '@sinclair/typebox'
import type { Api } from '../contract/api.ts'
import type { ProcessIdentity } from '../contract/attempts.ts'

/**
 * One call of a tool.
 *
 * @property signal aborts when the caller gave it up or is gone, and when the server stops
 * @property worker who claims: the assistant, and its conversation where that is known
 * @property process what a claim lives as long as: the assistant, where its process is known
 * @property key    what a repetition of this very call has in common with it, and no other call
 * @property tell   says how far it is, to a caller that wants to hear it; never fails
 */
export type Call = {
  api: Api
  signal: AbortSignal
  worker: string
  process: ProcessIdentity | undefined
  key: string | undefined
  tell(progress: { done: number; total: number; message: string }): void
}

/** The same twice: for programs, and as an assistant reads it. Some clients show a model only the first. */
export type Answer<T = Record<string, unknown>> = { data: T; text: string }

export type Tool = {
  name: string
  title: string
  /** For the model, which knows nothing of SparkQ but this. */
  description: string
  input: TObject
  output: TObject
  /** `reads`: it changes nothing. `same`: saying it twice means what saying it once does. */
  nature: 'reads' | 'same' | 'adds'
  run(input: unknown, call: Call): Promise<Answer>
}

/** Declares a tool: what `run` takes and answers follows from the schemas. */
export function defineTool<I extends TObject, O extends TObject>(
  tool: Omit<Tool, 'input' | 'output' | 'run'> & {
    input: I
    output: O
    run(input: Static<I>, call: Call): Promise<Answer<Static<O>>>
  },
): Tool {
  return tool as unknown as Tool
}
