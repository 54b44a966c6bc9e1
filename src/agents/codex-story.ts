import type { AgentReport, Usage } from '../contract/agents.ts'
import type { ReadOptions } from './agent.ts'
import { verdictOfFailure, verdictOfStderr, waitsForNetwork } from './codex-verdict.ts'
import { countIn, type Fields, fieldsIn, textIn } from './json.ts'
import { resetInText } from './limit-time.ts'
import { type Denial, type Story, type Verdict, verdictOfSuccess } from './reader.ts'
import { callDetail, longestMessage, plainDetail } from './words.ts'

/** What `codex exec --json` tells, event by event. */
export function createCodexStory({ resumed = null, now = Date.now }: ReadOptions): Story {
  let thread: string | undefined
  let isInTurn = false
  let isCompleted = false
  let failure: string | undefined
  let usage: Fields | undefined
  let answer: string | null = null
  let waitingSince: number | null = null
  const denied: Denial[] = []
  let didSince = false

  const item = (it: Fields): void => {
    if (it.type === 'agent_message') answer = textIn(it, 'text') ?? answer
    if (!tools.has(it.type)) return
    const denial = denialOf(it)
    if (denial) {
      denied.push(denial)
      didSince = false
    } else didSince ||= it.status === 'completed'
  }

  const told: Record<string, (event: Fields) => void> = {
    'thread.started': event => {
      thread = textIn(event, 'thread_id')
    },
    'turn.started': () => {
      isInTurn = true
      isCompleted = false
      failure = undefined
    },
    'item.completed': event => item(fieldsIn(event, 'item')),
    'turn.completed': event => {
      isInTurn = false
      isCompleted = true
      usage = fieldsIn(event, 'usage')
    },
    'turn.failed': event => {
      isInTurn = false
      failure = textIn(fieldsIn(event, 'error'), 'message') ?? ''
    },
  }

  const verdict = (): Verdict | undefined => {
    if (failure !== undefined) return verdictOfFailure(failure)
    if (isCompleted) return verdictOfSuccess('codex', answer, denied, didSince)
    return undefined
  }

  return {
    event: event => {
      const isWaiting = event.type === 'error' && waitsForNetwork(textIn(event, 'message') ?? '')
      waitingSince = isWaiting ? (waitingSince ?? now()) : null
      if (typeof event.type === 'string' && Object.hasOwn(told, event.type)) told[event.type]?.(event)
    },
    get hasResult() {
      return failure !== undefined || isCompleted
    },
    get waitsForNetworkSince() {
      return waitingSince
    },
    verdict,
    verdictWithoutResult: (exit, stderr) => {
      if (waitingSince !== null) return { outcome: 'network', detail: 'Codex could not reach its service' }
      const said = verdictOfStderr(stderr)
      if (said) return said
      // An interrupt ends it with 1 and not a word; whatever else ends a turn is told.
      const isInterrupted = isInTurn && exit.code === 1 && !/^error/im.test(stderr)
      return isInterrupted ? { outcome: 'killed', detail: 'Codex was interrupted' } : undefined
    },
    facts: () => ({
      ...(thread && thread.length <= 200 ? { session_id: thread } : {}),
      ...totalOf(usage),
      ...(verdict()?.outcome === 'usage_limit'
        ? { resets_at: resetInText((failure ?? '').slice(0, longestMessage), now()) }
        : {}),
    }),
    answer: () => (isCompleted && failure === undefined ? answer : null),
    denied: () => denied,
    warnings: () =>
      resumed && thread && thread !== resumed
        ? [`Codex began a new conversation: it did not find ${resumed}`]
        : [],
  }
}

const tools = new Set<unknown>(['command_execution', 'file_change', 'mcp_tool_call', 'web_search'])

function denialOf(item: Fields): Denial | undefined {
  const why = textIn(fieldsIn(item, 'error'), 'message') ?? ''
  if (item.status !== 'declined' && !/requires approval|rejected by/i.test(why)) return undefined
  const tool = [textIn(item, 'server'), textIn(item, 'tool')].filter(Boolean).join('.')
  return { tool: plainDetail(tool || String(item.type)), detail: detailOf(item) }
}

const detailOf = (item: Fields): string => {
  const command = textIn(item, 'command')
  return command ? plainDetail(command) : callDetail(item.arguments)
}

/** Counts the whole thread, also what earlier processes did in it (measured with 0.169.0). Codex reckons no cost. */
function totalOf(usage: Fields | undefined): Pick<AgentReport, 'total' | 'total_of'> {
  if (!usage) return {}
  const total: Usage = {
    input_tokens: countIn(usage, 'input_tokens'),
    cached_input_tokens: countIn(usage, 'cached_input_tokens'),
    output_tokens: countIn(usage, 'output_tokens'),
    cost_usd: null,
  }
  return total.input_tokens + total.output_tokens === 0 ? {} : { total, total_of: 'conversation' }
}
