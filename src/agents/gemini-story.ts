import type { AgentOutcome, AgentReport } from '../contract/agents.ts'
import type { AgentExit, ReadOptions } from './agent.ts'
import { countIn, type Fields, fieldsIn, parseObject, textIn } from './json.ts'
import { type Denial, type Story, type Verdict, verdictOfSuccess } from './reader.ts'
import { callDetail, longestMessage, plainDetail, sayingLine } from './words.ts'

/** What `gemini -o stream-json` tells, event by event. */
export function createGeminiStory(_options: ReadOptions): Story {
  let init: Fields = {}
  let result: Fields | undefined
  /** The answer comes in pieces; a tool call ends one. */
  let pieces: string[] = []
  let isAfterTool = false
  const calls = new Map<string, Denial>()
  const denied: Denial[] = []
  let didSince = false

  const message = (event: Fields): void => {
    if (event.role !== 'assistant') return
    if (isAfterTool) pieces = []
    isAfterTool = false
    pieces.push(textIn(event, 'content') ?? '')
  }

  const toolResult = (event: Fields): void => {
    isAfterTool = true
    const fault = fieldsIn(event, 'error')
    const why = `${textIn(fault, 'type') ?? ''} ${textIn(fault, 'message') ?? ''}`
    if (event.status === 'error' && /policy|permission|denied/i.test(why)) {
      denied.push(calls.get(textIn(event, 'tool_id') ?? '') ?? { tool: 'a tool', detail: '' })
      didSince = false
    } else didSince ||= event.status === 'success'
  }

  const told: Record<string, (event: Fields) => void> = {
    init: event => {
      init = event
      result = undefined
    },
    message,
    tool_use: event => {
      isAfterTool = true
      const tool = plainDetail(textIn(event, 'tool_name') ?? 'a tool')
      calls.set(textIn(event, 'tool_id') ?? '', { tool, detail: callDetail(event.parameters) })
    },
    tool_result: toolResult,
    result: event => {
      result = event
    },
  }
  const answer = (): string | null => pieces.join('') || null
  const session = (): string | undefined => textIn(init, 'session_id')

  return {
    event: event => {
      if (typeof event.type === 'string' && Object.hasOwn(told, event.type)) told[event.type]?.(event)
    },
    get hasResult() {
      return result !== undefined
    },
    waitsForNetworkSince: null,
    verdict: () => {
      if (!result) return undefined
      if (result.status === 'success') return verdictOfSuccess('gemini', answer(), denied, didSince)
      return verdictOfFault(textIn(fieldsIn(result, 'error'), 'message') ?? '')
    },
    verdictWithoutResult: (exit, stderr) => withoutResult(exit, stderr, session() !== undefined),
    facts: () => ({
      ...(session() && (session()?.length ?? 0) <= 200 ? { session_id: session() as string } : {}),
      ...(textIn(init, 'model') ? { model: textIn(init, 'model') as string } : {}),
      ...totalOf(result),
    }),
    answer: () => (result?.status === 'success' ? answer() : null),
    denied: () => denied,
    warnings: () => [],
  }
}

/** It has no codes of its own in its events: what the API said stands in the text, as JSON or in words. */
function verdictOfFault(told: string): Verdict {
  const message = told.slice(0, longestMessage)
  const inner = /\[API Error: (.*)\]/s.exec(message)?.[1] ?? message
  const fault = fieldsIn(parseObject(inner) ?? {}, 'error')
  const detail = textIn(fault, 'message') ?? inner
  const outcome =
    texts.find(([pattern]) => pattern.test(message))?.[1] ?? byStatus(Number(fault.code)) ?? 'error'
  return { outcome, detail: detail || 'Gemini failed and did not say why' }
}

const texts: [RegExp, AgentOutcome][] = [
  [
    /API_KEY_INVALID|API key not valid|UNAUTHENTICATED|Invalid auth method|must specify the GEMINI_API_KEY/i,
    'auth',
  ],
  [/exhausted your (daily )?quota|quota exceeded|exceeded your current quota/i, 'usage_limit'],
  [/billing/i, 'billing'],
  [/(model|models\/)\S* .*(not found|not supported)/i, 'unknown_model'],
  [/exceeds the maximum number of tokens|token count .*exceeds/i, 'full_conversation'],
  [/\b(SAFETY|PROHIBITED_CONTENT)\b/, 'refused'],
  [/UNAVAILABLE|overloaded|RESOURCE_EXHAUSTED/i, 'overload'],
  [/fetch failed|ECONNREFUSED|ECONNRESET|ENOTFOUND|ETIMEDOUT|network/i, 'network'],
]

function byStatus(status: number): AgentOutcome | undefined {
  if (status === 401 || status === 403) return 'auth'
  if (status === 404) return 'unknown_model'
  return status === 429 || status >= 500 ? 'overload' : undefined
}

/** Its own exit codes; those of failed requests are the HTTP status modulo 256, and say nothing for sure. */
const byExit: Record<number, AgentOutcome> = { 41: 'auth', 52: 'misuse', 53: 'max_turns', 55: 'misuse' }

function withoutResult(exit: AgentExit, stderr: string, isBegun: boolean): Verdict | undefined {
  const told = faultIn(stderr)
  const said = told ?? sayingLine(stderr) ?? ''
  if (/Error resuming session/.test(stderr)) return { outcome: 'lost_conversation', detail: said }
  const outcome = byExit[exit.code ?? -1]
  if (outcome) return { outcome, detail: said || `Gemini exited with code ${exit.code}` }
  if (told) return verdictOfFault(told)
  // A signal to its group makes it end as if all were well, without a result.
  const isStopped = isBegun && exit.code === 0
  return isStopped ? { outcome: 'killed', detail: 'Gemini was stopped before it had a result' } : undefined
}

/** The message of the error that it writes to stderr as JSON over several lines, when it does not begin. */
function faultIn(stderr: string): string | undefined {
  const lines = stderr.split('\n')
  const end = lines.lastIndexOf('}')
  const begin = end < 0 ? -1 : lines.lastIndexOf('{', end)
  if (begin < 0) return undefined
  const object = parseObject(lines.slice(begin, end + 1).join('\n'))
  return object && textIn(fieldsIn(object, 'error'), 'message')
}

/** Counts this run alone, and knows no cost (measured with 0.61.0). */
function totalOf(result: Fields | undefined): Pick<AgentReport, 'total' | 'total_of'> {
  const stats = result ? fieldsIn(result, 'stats') : {}
  const total = {
    input_tokens: countIn(stats, 'input_tokens'),
    cached_input_tokens: countIn(stats, 'cached'),
    output_tokens: countIn(stats, 'output_tokens'),
    cost_usd: null,
  }
  return total.input_tokens + total.output_tokens === 0 ? {} : { total, total_of: 'run' }
}
