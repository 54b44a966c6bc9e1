import type { Agent, AgentReader } from '../agents/agent.ts'
import { type AgentReport, agentFacts, type Usage } from '../contract/agents.ts'
import type { AgentSaid, Exit } from './plan.ts'

export type Ended = { exit: Exit; stderr: string; isOffline?: boolean; env: NodeJS.ProcessEnv }

/** What the events of one run amount to, with what the agent keeps beside them. */
export function judge(
  agent: Agent,
  reader: AgentReader,
  { exit, stderr, isOffline = false, env }: Ended,
): { said: AgentSaid; warnings: string[] } {
  const { report, detail, answer, warnings } = reader.report(exit, stderr)
  if (isOffline && report.outcome !== 'ok') {
    const { title } = agentFacts[agent.name]
    const outcome = { ...report, outcome: 'network' as const }
    return { said: { report: outcome, detail: `${title} could not reach its service`, answer }, warnings }
  }
  return { said: { report: withReset(agent, report, env), detail, answer }, warnings }
}

/** Of a usage limit some agents keep the exact end where only a later run would look. */
function withReset(agent: Agent, report: AgentReport, env: NodeJS.ProcessEnv): AgentReport {
  if (report.outcome !== 'usage_limit' || report.session_id === undefined) return report
  const exact = agent.resetFrom?.(report.session_id, env)
  return exact
    ? { ...report, resets_at: exact.resets_at, limit: exact.limit ?? report.limit ?? null }
    : report
}

/**
 * What an agent said over all its runs of one attempt: the last run decides; turns add up, and so does the usage, unless it
 * is counted over the conversation.
 */
export function combine(earlier: readonly AgentSaid[], last: AgentSaid): AgentSaid {
  const all = [...earlier, last]
  const reports = all.map(it => it.report)
  const turns = reports.map(it => it.turns).filter(it => it !== undefined)
  const denied = reports.flatMap(it => it.denied ?? [])
  return {
    ...last,
    answer: all.findLast(it => it.answer !== null)?.answer ?? null,
    report: {
      ...last.report,
      ...known(reports),
      ...(turns.length > 0 ? { turns: sum(turns) } : {}),
      ...(denied.length > 0 ? { denied: denied.slice(0, mostDenials) } : {}),
      ...totalOf(reports),
    },
  }
}

const mostDenials = 50

/** What a run that was cut off did not come to say again is as an earlier one said it. */
function known(reports: readonly AgentReport[]): Partial<AgentReport> {
  const last = <K extends keyof AgentReport>(key: K): Partial<AgentReport> => {
    const value = reports.findLast(it => it[key] !== undefined)?.[key]
    return value === undefined ? {} : { [key]: value }
  }
  return { ...last('session_id'), ...last('version'), ...last('model'), ...last('api_key_source') }
}

function totalOf(reports: readonly AgentReport[]): Pick<AgentReport, 'total' | 'total_of'> {
  const told = reports.filter(it => it.total !== undefined)
  const last = told.at(-1)
  if (!last?.total) return {}
  // What is counted over the conversation has the runs before in it.
  if (last.total_of === 'conversation') return { total: last.total, total_of: 'conversation' }
  return { total: told.map(it => it.total as Usage).reduce(add), total_of: 'run' }
}

function add(one: Usage, other: Usage): Usage {
  const costs = [one.cost_usd, other.cost_usd].filter(it => it !== null)
  return {
    input_tokens: one.input_tokens + other.input_tokens,
    cached_input_tokens: one.cached_input_tokens + other.cached_input_tokens,
    output_tokens: one.output_tokens + other.output_tokens,
    cost_usd: costs.length > 0 ? sum(costs) : null,
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, it) => total + it, 0)
