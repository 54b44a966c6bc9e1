import type { AgentReport, Usage } from '../contract/agents.ts'
import { timestamp } from '../contract/time.ts'
import { asFields, countIn, type Fields, fieldsIn, listIn, numberIn, textIn } from './json.ts'

/** What a failed request says of itself: on the `result`, and on the message made up in place of an answer. */
export type ApiFault = {
  /** `rate_limit`, `authentication_failed`, `billing_error`, `model_not_found` … */
  error: string | undefined
  /** `usage_limit_reached`, `connection_failed` … */
  api_error: string | undefined
  api_error_type: string | undefined
  status: number | undefined
}

export function faultOf(event: Fields): ApiFault {
  return {
    error: textIn(event, 'error'),
    api_error: textIn(event, 'api_error'),
    api_error_type: textIn(event, 'api_error_type'),
    status: numberIn(event, 'api_error_status'),
  }
}

export type RateLimit = { resets_at: string | null; limit: string | null }

/**
 * The limit that a `rate_limit_info` says is reached. Those that are not come with good runs, too; and one that names
 * neither limit nor time is a service that has too much to do (a 429 with `retry-after`).
 */
export function reachedLimit(info: Fields): RateLimit | undefined {
  const resets_at = timeOf(numberIn(info, 'resetsAt'))
  const limit = textIn(info, 'rateLimitType') ?? null
  if (info.status !== 'rejected' || (resets_at === null && limit === null)) return undefined
  return { resets_at, limit }
}

/** A time in seconds since 1970 as a timestamp; null for what is no time of our days. */
export function timeOf(seconds: number | undefined): string | null {
  if (seconds === undefined || seconds < 0 || seconds > 32_503_680_000) return null
  return timestamp(Math.ceil(seconds * 1000))
}

/** The blocks of a message; a text alone is one. */
export function blocksOf(event: Fields): Fields[] {
  const message = fieldsIn(event, 'message')
  const text = textIn(message, 'content')
  return text === undefined ? listIn(message, 'content') : [{ type: 'text', text }]
}

/**
 * What a result counts. `modelUsage` and `total_cost_usd` count the whole conversation, also what earlier processes
 * did in it (measured with 2.1.330); a result that counts nothing says nothing of it.
 */
export function totalOf(result: Fields): Pick<AgentReport, 'total' | 'total_of'> {
  const models = Object.values(fieldsIn(result, 'modelUsage'))
    .map(asFields)
    .filter(it => it !== undefined)
  const total: Usage = { input_tokens: 0, cached_input_tokens: 0, output_tokens: 0, cost_usd: null }
  for (const model of models) {
    const cached = countIn(model, 'cacheReadInputTokens')
    total.input_tokens += countIn(model, 'inputTokens') + cached + countIn(model, 'cacheCreationInputTokens')
    total.cached_input_tokens += cached
    total.output_tokens += countIn(model, 'outputTokens')
  }
  const cost = numberIn(result, 'total_cost_usd')
  if (cost !== undefined && cost >= 0) total.cost_usd = cost
  const isNothing = total.input_tokens + total.output_tokens === 0 && !total.cost_usd
  return isNothing ? {} : { total, total_of: 'conversation' }
}
