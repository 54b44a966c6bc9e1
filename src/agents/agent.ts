import type { AgentName, AgentReport } from '../contract/agents.ts'

/** What a tool of `sparkq.yml` says of its agent. */
export type AgentSettings = {
  model: string | null
  args: readonly string[]
  permission_mode: string | null
  max_turns: number | null
  max_budget_usd: number | null
}

/**
 * @property session  `id`: of the conversation to go on with (`resume`), or the one that a new conversation shall have,
 *                    where the agent lets itself be told; null: its own choice
 */
export type AgentCall = {
  settings: AgentSettings
  session: { id: string | null; resume: boolean }
  cwd: string
}

/**
 * @property argv  its first word is the name of the program; the prompt is to come on stdin, which then ends
 * @property env   what is to be set where nobody has set it
 */
export type AgentPlan = { argv: string[]; env: Record<string, string> }

export type AgentExit = { code: number | null; signal: string | null }

/** @property detail  one sentence: the agent's own where it has one */
export type AgentResult = {
  report: AgentReport
  detail: string
  answer: string | null
  warnings: string[]
}

/** Reads what an agent prints to stdout. Nothing that a line holds makes it throw. */
export type AgentReader = {
  line(text: string): void
  /** It has printed a result, and nothing of a further turn: whoever waits may stop a process that lingers. */
  readonly hasResult: boolean
  /** Since when it has done nothing but wait for its network, by the `now` of `read`; null when it has not. */
  readonly waitsForNetworkSince: number | null
  /** @param stderr  the end of what it wrote there, which counts where its events say nothing */
  report(exit: AgentExit, stderr: string): AgentResult
}

/**
 * @property resumed  the conversation that was to be resumed
 * @property now      milliseconds since 1970; for times of day in what it says, and for how long it has waited
 */
export type ReadOptions = { resumed?: string | null; now?: () => number }

export type Where = { env: NodeJS.ProcessEnv; cwd: string }

/** @property resets_at  when the last of the limits that are reached is over */
export type Reset = { resets_at: string; limit: string | null }

export type Agent = {
  name: AgentName
  plan(call: AgentCall): AgentPlan
  read(options?: ReadOptions): AgentReader
  /** Whether the agent has that conversation on this machine. */
  canResume(session: string, where: Where): boolean
  /** When a usage limit is over, from what the agent keeps beside its events; null where it keeps nothing of it. */
  resetFrom?(session: string, env: NodeJS.ProcessEnv): Reset | null
}
