import { type AgentRun, agentFacts, agentNames } from '../contract/agents.ts'
import type { Attempt } from '../contract/attempts.ts'
import { shellArgument, shellWord } from '../contract/shell-word.ts'
import type { Task } from '../contract/tasks.ts'
import { changesText, hasChanged } from './changes-text.ts'
import { count, oneLine, usd } from './text.ts'

type Rows = [label: string, text: string | undefined][]

/** What there is to say of an agent's work on a task: who, what it took, how to go on by hand, what it changed. */
export function agentRows(task: Task, attempts: readonly Attempt[]): Rows {
  const attempt = attempts.findLast(it => it.agent !== null)
  const run = attempt?.agent ?? undefined
  return [
    ['agent', run && whoText(run)],
    ['cost', costText(task, attempts)],
    ['go on', attempt && run && resumeText(attempt, run)],
  ]
}

/** `Claude Code 2.1.330 · sonnet · 4 turns · max turns` */
function whoText({ agent, version, model, turns, outcome }: AgentRun): string {
  const parts = [
    `${agentFacts[agent].title} ${version ?? ''}`.trim(),
    model ?? '',
    turns === undefined ? '' : count(turns, 'turn'),
    outcome === 'ok' ? '' : outcome.replaceAll('_', ' '),
  ]
  return oneLine(parts.filter(Boolean).join(' · '))
}

/** Of all attempts together; who pays is what the last one said. */
function costText({ cost_usd }: Task, attempts: readonly Attempt[]): string | undefined {
  const runs = attempts.flatMap(it => it.agent ?? [])
  if (runs.length === 0) return undefined
  const sum = (key: 'input_tokens' | 'cached_input_tokens' | 'output_tokens'): number =>
    runs.reduce((n, { usage }) => n + usage[key], 0)
  const [input, cached, output] = [sum('input_tokens'), sum('cached_input_tokens'), sum('output_tokens')]
  const source = runs.at(-1)?.api_key_source
  const parts = [
    cost_usd === null ? '' : usd(cost_usd),
    input + output === 0
      ? ''
      : `${thousands(input)} tokens in${cached > 0 ? ` (${thousands(cached)} cached)` : ''}, ${thousands(output)} out`,
    source === undefined ? '' : payerText(source),
  ]
  return parts.filter(Boolean).join(' · ') || undefined
}

/** Claude Code says "none" where no key was given to it: its login pays. */
const payerText = (source: string): string =>
  source === 'none' ? 'paid by subscription' : `paid by ${oneLine(source)}`

/** `940`, `12 k`, `1.2 M` */
function thousands(number: number): string {
  if (number < 10_000) return String(number)
  return number < 999_500 ? `${Math.round(number / 1000)} k` : `${(number / 1_000_000).toFixed(1)} M`
}

/** An agent finds its conversations by the folder that they began in. */
function resumeText({ cwd }: Attempt, { agent, session_id }: AgentRun): string | undefined {
  if (session_id === undefined) return undefined
  const there = cwd === null ? '' : `cd ${shellWord(cwd)} && `
  return `${there}${agentFacts[agent].resume} ${shellWord(session_id)}`
}

/** What the last attempt that somebody looked at changed, and how to see it and to have it. */
export function changesRows(task: Task, attempts: readonly Attempt[]): Rows {
  const looked = attempts.flatMap(it => it.changes ?? [])
  const changes = looked.findLast(hasChanged) ?? looked.at(-1)
  if (!changes) return []
  const { worktree, branch } = changes
  const lane = shellArgument(task.queue.name)
  const see = hasChanged(changes) ? `     sparkq diff ${task.friendly_id}` : ''
  return [
    ['changed', `${changesText(changes)}${see}`],
    [
      'work tree',
      worktree === null
        ? undefined
        : `${oneLine(branch ?? worktree)}     sparkq worktree take ${lane} | sparkq worktree drop ${lane}`,
    ],
  ]
}

/** Whether its check passed; undefined where it had none of its own. */
export function checkText({ payload, status, error_type, error_message }: Task): string | undefined {
  const { check } = (payload ?? {}) as { check?: unknown }
  if (error_type === 'check_failed') return `failed: ${oneLine(error_message ?? '')}`
  if (typeof check !== 'string') return undefined
  const word = { queued: '', running: '', succeeded: ' · passed', failed: ' · not reached' }[status]
  return `${oneLine(check)}${word}`
}

/** Of an agent the data is what stands in rows of their own. */
export function hasDataOfItsOwn({ result_data }: Task): boolean {
  if (result_data === null) return false
  const { agent, text } = result_data as { agent?: unknown; text?: unknown }
  return !(agentNames.some(name => name === agent) && (text === null || typeof text === 'string'))
}
