import type { AgentOutcome } from '../contract/agents.ts'
import { type ApiFault, faultOf, type RateLimit } from './claude-events.ts'
import { type Fields, textIn, textsIn } from './json.ts'
import type { Verdict } from './reader.ts'
import { sayingLine } from './words.ts'

/**
 * What a result that is an error means; its `subtype` is `success` for most of them. Measured with Claude Code 2.1.330.
 * @param fault  of the message that stands in place of an answer, which alone has `error`
 */
export function verdictOfResult(
  result: Fields,
  fault: ApiFault | undefined,
  limit: RateLimit | undefined,
): Verdict {
  const detail = textIn(result, 'result') ?? textsIn(result, 'errors').join(' ')
  const own = faultOf(result)
  const seen = {
    error: fault?.error,
    api_error: own.api_error ?? fault?.api_error,
    api_error_type: own.api_error_type ?? fault?.api_error_type,
    status: own.status ?? fault?.status,
  }
  const outcome = byResult(result, detail) ?? byFault(seen, limit) ?? 'error'
  if (outcome === 'killed') return { outcome, detail: 'Claude Code was interrupted' }
  return { outcome, detail: detail || 'Claude Code failed and did not say why' }
}

function byResult(result: Fields, detail: string): AgentOutcome | undefined {
  const reason = textIn(result, 'terminal_reason')
  if (result.subtype === 'error_max_turns' || reason === 'max_turns') return 'max_turns'
  if (result.subtype === 'error_max_budget_usd' || reason === 'budget_exhausted') return 'max_budget'
  if (reason === 'prompt_too_long') return 'full_conversation'
  if (reason?.startsWith('aborted')) return 'killed'
  if (result.stop_reason === 'refusal') return 'refused'
  // Its one fault that has no field of its own.
  return noConversation.test(detail) ? 'lost_conversation' : undefined
}

function byFault(fault: ApiFault, limit: RateLimit | undefined): AgentOutcome | undefined {
  const { api_error, api_error_type, error, status } = fault
  if (api_error === 'usage_limit_reached') return 'usage_limit'
  if (error === 'billing_error' || status === 402) return 'billing'
  if (error === 'authentication_failed' || status === 401 || status === 403) return 'auth'
  if (error === 'model_not_found' || status === 404) return 'unknown_model'
  if (status === 429 || error === 'rate_limit') return limit ? 'usage_limit' : 'overload'
  if (api_error === 'connection_failed') return 'network'
  if (api_error_type === 'overloaded_error' || (status ?? 0) >= 500) return 'overload'
  if (status === 413) return 'full_conversation'
  return undefined
}

const noConversation = /^No conversation found with session ID/m

/** What claude says on stderr when it does not even begin. */
export function verdictOfStderr(stderr: string): Verdict | undefined {
  const isLost = noConversation.test(stderr) || /^Error: Session ID .* is already in use/m.test(stderr)
  if (!isLost) return undefined
  return { outcome: 'lost_conversation', detail: sayingLine(stderr) ?? 'No conversation found' }
}
