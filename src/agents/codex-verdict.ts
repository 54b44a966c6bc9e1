import type { AgentOutcome } from '../contract/agents.ts'
import { fieldsIn, parseObject, textIn } from './json.ts'
import type { Verdict } from './reader.ts'
import { longestMessage, sayingLine } from './words.ts'

/**
 * What the message of a failed turn means. Codex tells a text and no code; these are the texts of 0.169.0, measured, and
 * what the API says where Codex passes that on.
 */
export function verdictOfFailure(told: string): Verdict {
  const message = told.slice(0, longestMessage)
  const body = parseObject(message)
  const fault = body ? fieldsIn(body, 'error') : {}
  const detail = textIn(fault, 'message') ?? message
  const code = textIn(fault, 'code') ?? textIn(fault, 'type') ?? ''
  const outcome = byCode[code] ?? byStatus(message) ?? byText(detail) ?? 'error'
  return { outcome, detail: detail || 'Codex failed and did not say why' }
}

const byCode: Record<string, AgentOutcome> = {
  usage_limit_reached: 'usage_limit',
  insufficient_quota: 'billing',
  context_length_exceeded: 'full_conversation',
  model_not_found: 'unknown_model',
  invalid_api_key: 'auth',
  rate_limit_exceeded: 'overload',
  server_is_overloaded: 'overload',
}

function byStatus(message: string): AgentOutcome | undefined {
  const status = Number(/(?:unexpected|last) status:? (\d{3})/.exec(message)?.[1])
  if (status === 401 || status === 403) return 'auth'
  if (status === 402) return 'billing'
  if (status === 404 && /model/i.test(message)) return 'unknown_model'
  return status === 429 || status >= 500 ? 'overload' : undefined
}

function byText(message: string): AgentOutcome | undefined {
  return texts.find(([pattern]) => pattern.test(message))?.[1]
}

const texts: [RegExp, AgentOutcome][] = [
  [/hit your usage limit/i, 'usage_limit'],
  [/quota exceeded|billing details|out of credits/i, 'billing'],
  [/ran out of room|context window/i, 'full_conversation'],
  [/missing environment variable|not logged in|log ?in again|sign in again|access token/i, 'auth'],
  [/model\b.*\b(not found|does not exist|not supported)/i, 'unknown_model'],
  [/flagged|usage policy/i, 'refused'],
  [/at capacity|high demand|overloaded/i, 'overload'],
  [/stream disconnected|error sending request|connection (failed|refused|reset)|timed out/i, 'network'],
]

/** It says so again and again, for ever, where nothing answers. */
export const waitsForNetwork = (message: string): boolean => /waiting for network/i.test(message)

/** What codex says on stderr of what it has no event for. */
export function verdictOfStderr(stderr: string): Verdict | undefined {
  const detail = sayingLine(stderr) ?? ''
  if (/no rollout found for thread id/.test(stderr)) return { outcome: 'lost_conversation', detail }
  // It takes no prompt over 1048576 characters, and says so after it has begun a thread.
  return /input_too_large/.test(stderr) ? { outcome: 'misuse', detail } : undefined
}
