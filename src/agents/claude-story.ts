import { count } from '../contract/words.ts'
import type { ReadOptions } from './agent.ts'
import { type ApiFault, blocksOf, faultOf, type RateLimit, reachedLimit, totalOf } from './claude-events.ts'
import { verdictOfResult, verdictOfStderr } from './claude-verdict.ts'
import { type Fields, fieldsIn, listIn, numberIn, textIn } from './json.ts'
import type { Denial, Story } from './reader.ts'
import { verdictOfSuccess } from './reader.ts'
import { callDetail } from './words.ts'

/** What `claude -p --output-format stream-json` tells, event by event. */
export function createClaudeStory(_options: ReadOptions): Story {
  let init: Fields = {}
  let session: string | undefined
  let fault: ApiFault | undefined
  let limit: RateLimit | undefined
  const results: Fields[] = []
  let isAfterResult = false
  const calls = new Map<string, Denial>()
  /** Tool results in their order. */
  const done: { id: string; isGood: boolean }[] = []
  const deniedIds = new Set<string>()
  const notices = new Set<string>()

  const system = (event: Fields): void => {
    if (event.subtype === 'init') {
      init = event
      isAfterResult = false
    } else if (event.subtype === 'permission_denied') {
      const id = textIn(event, 'tool_use_id')
      if (id) deniedIds.add(id)
    } else if (event.subtype === 'informational' && event.level === 'warning') {
      const content = textIn(event, 'content')
      if (content && notices.size < 10) notices.add(content)
    }
  }

  const assistant = (event: Fields): void => {
    isAfterResult = false
    // What a subagent met, its caller may have mended.
    if (!event.parent_tool_use_id) fault = textIn(event, 'error') ? faultOf(event) : undefined
    const params = fieldsIn(fieldsIn(event, 'api_error_params'), 'rate_limit_info')
    limit = reachedLimit(params) ?? limit
    for (const block of blocksOf(event)) {
      const id = textIn(block, 'id')
      const tool = textIn(block, 'name')
      if (block.type === 'tool_use' && id && tool) calls.set(id, { tool, detail: callDetail(block.input) })
    }
  }

  const user = (event: Fields): void => {
    isAfterResult = false
    for (const block of blocksOf(event)) {
      const id = textIn(block, 'tool_use_id')
      if (block.type === 'tool_result' && id) done.push({ id, isGood: block.is_error !== true })
    }
  }

  const result = (event: Fields): void => {
    results.push(event)
    isAfterResult = true
    for (const denial of listIn(event, 'permission_denials')) {
      const id = textIn(denial, 'tool_use_id')
      const tool = textIn(denial, 'tool_name')
      if (!id || !tool) continue
      deniedIds.add(id)
      calls.set(id, { tool, detail: callDetail(denial.tool_input) })
    }
  }

  const told: Record<string, (event: Fields) => void> = { system, assistant, user, result }
  // What comes with `origin` is about a background task that ended after the answer.
  const last = (): Fields | undefined => results.findLast(it => !('origin' in it)) ?? results.at(-1)
  const denied = (): Denial[] => [...deniedIds].map(id => calls.get(id) ?? { tool: 'a tool', detail: '' })
  const didSince = (): boolean =>
    done.slice(done.findLastIndex(it => deniedIds.has(it.id)) + 1).some(it => it.isGood)
  const answer = (): string | null => {
    const it = last()
    return it && it.is_error !== true ? (textIn(it, 'result') ?? null) : null
  }

  return {
    event: event => {
      session = textIn(event, 'session_id') ?? session
      if (event.type === 'rate_limit_event') limit = reachedLimit(fieldsIn(event, 'rate_limit_info')) ?? limit
      else if (typeof event.type === 'string' && Object.hasOwn(told, event.type)) told[event.type]?.(event)
    },
    get hasResult() {
      return isAfterResult
    },
    // It gives up by itself after CLAUDE_CODE_MAX_RETRIES.
    waitsForNetworkSince: null,
    verdict: () => {
      const it = last()
      if (!it) return undefined
      if (it.is_error === false) return verdictOfSuccess('claude', answer(), denied(), didSince())
      return verdictOfResult(it, fault, limit)
    },
    verdictWithoutResult: (_exit, stderr) => verdictOfStderr(stderr),
    facts: () => ({
      ...textFacts(init, session),
      ...turnsOf(results),
      ...totalOf(results.at(-1) ?? {}),
      ...(last()?.is_error !== false && limit ? limit : {}),
    }),
    answer,
    denied,
    warnings: () => [...laterWarning(results), ...serverWarnings(init), ...notices],
  }
}

function textFacts(init: Fields, session: string | undefined) {
  const version = textIn(init, 'claude_code_version')
  const model = textIn(init, 'model')
  const source = textIn(init, 'apiKeySource')
  return {
    ...(version ? { version } : {}),
    ...(model ? { model } : {}),
    ...(session && session.length <= 200 ? { session_id: session } : {}),
    ...(source ? { api_key_source: source } : {}),
  }
}

function turnsOf(results: Fields[]): { turns?: number } {
  if (results.length === 0) return {}
  const turns = results.reduce((sum, it) => sum + Math.max(0, Math.round(numberIn(it, 'num_turns') ?? 0)), 0)
  return Number.isSafeInteger(turns) ? { turns } : {}
}

function laterWarning(results: Fields[]): string[] {
  const later = results.filter(it => 'origin' in it).length
  return later > 0
    ? [`Claude Code went on after its answer, ${count(later, 'time')}: a background task ended`]
    : []
}

function serverWarnings(init: Fields): string[] {
  return listIn(init, 'mcp_servers')
    .filter(server => server.status === 'failed')
    .map(server => `The MCP server ${textIn(server, 'name') ?? '?'} did not start`)
}
