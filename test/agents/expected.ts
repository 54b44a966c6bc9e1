import type { AgentOutcome, AgentReport, Usage } from '../../src/contract/agents.ts'

/**
 * What the reader must make of a recording. What is not here must not be told.
 * @property answer  the answer, or its first 40 characters where it is longer than 60
 */
export type Expected = {
  outcome: AgentOutcome
  session?: string
  usage?: Usage
  turns?: number
  resets_at?: string
  limit?: string
  denied?: NonNullable<AgentReport['denied']>
  answer?: string
}

/** Tokens in and out, and dollars. The fake model that the recordings were made with caches nothing. */
export const took = (input: number, output: number, cost?: number): Usage => ({
  input_tokens: input,
  cached_input_tokens: 0,
  output_tokens: output,
  cost_usd: cost ?? null,
})
