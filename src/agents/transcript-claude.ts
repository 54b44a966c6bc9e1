import { duration } from '../contract/time-text.ts'
import { count } from '../contract/words.ts'
import { blocksOf, reachedLimit } from './claude-events.ts'
import { type Fields, fieldsIn, numberIn, textIn, textsIn } from './json.ts'
import { dollars } from './transcript-facts.ts'
import type { Page } from './transcript-page.ts'
import { callDetail } from './words.ts'

/** Writes what the events of Claude Code say on a page. */
export function tellClaude(page: Page): (event: Fields) => void {
  let isBegun = false
  let lastSaid = ''
  const denied = new Set<string>()

  const system = (event: Fields): void => {
    if (event.subtype === 'init') {
      if (!isBegun) page.note(beginning(event))
      isBegun = true
    } else if (event.subtype === 'api_retry') page.note(retry(event))
    else if (event.subtype === 'permission_denied') {
      denied.add(textIn(event, 'tool_use_id') ?? '')
      page.alarm(`${textIn(event, 'tool_name') ?? 'A tool'} was denied: ${textIn(event, 'message') ?? ''}`)
    } else if (event.subtype === 'task_notification')
      page.note(textIn(event, 'summary') ?? 'A background task ended')
    else if (event.subtype === 'informational') page.note(textIn(event, 'content') ?? '')
  }

  const assistant = (event: Fields): void => {
    for (const block of blocksOf(event)) {
      const text = textIn(block, 'text') ?? ''
      if (block.type === 'tool_use') page.call(textIn(block, 'name') ?? 'tool', callDetail(block.input))
      else if (block.type === 'thinking') page.think(textIn(block, 'thinking') ?? '')
      else if (block.type === 'text' && textIn(event, 'error')) lastSaid = ''
      else if (block.type === 'text') {
        page.say(text)
        lastSaid = text
      }
    }
  }

  const user = (event: Fields): void => {
    for (const block of blocksOf(event)) {
      if (block.type === 'tool_result' && !denied.has(textIn(block, 'tool_use_id') ?? ''))
        page.result(textOf(block.content), block.is_error !== true)
      // Not the prompt, which is not among the events: what hooks and Claude Code itself said to the model.
      else if (block.type === 'text') page.note(textIn(block, 'text') ?? '')
    }
  }

  const result = (event: Fields): void => {
    const answer = textIn(event, 'result')
    const isGood = event.is_error === false
    if (isGood && answer && answer !== lastSaid) page.say(answer)
    const fault = answer ?? textsIn(event, 'errors').join(' ')
    page.final(isGood, isGood ? (answer ? 'done' : 'done, without an answer') : `failed: ${fault}`, [
      turns(numberIn(event, 'num_turns')),
      dollars(numberIn(event, 'total_cost_usd')),
      took(numberIn(event, 'duration_ms')),
    ])
  }

  const limit = (event: Fields): void => {
    const reached = reachedLimit(fieldsIn(event, 'rate_limit_info'))
    if (reached)
      page.alarm(`Limit ${reached.limit ?? ''} reached, until ${reached.resets_at ?? 'nobody knows when'}`)
  }

  const told: Record<string, (event: Fields) => void> = {
    system,
    assistant,
    user,
    result,
    rate_limit_event: limit,
  }
  return event => {
    if (typeof event.type === 'string' && Object.hasOwn(told, event.type)) told[event.type]?.(event)
  }
}

function beginning(init: Fields): string {
  const source = textIn(init, 'apiKeySource')
  return [
    `Claude Code ${textIn(init, 'claude_code_version') ?? ''}`.trim(),
    textIn(init, 'model'),
    source === 'none' ? 'paid by subscription' : source && `paid by ${source}`,
    textIn(init, 'session_id'),
  ]
    .filter(Boolean)
    .join(' · ')
}

function retry(event: Fields): string {
  const delay = numberIn(event, 'retry_delay_ms')
  const why = [numberIn(event, 'error_status'), textIn(event, 'error')].filter(Boolean).join(' ')
  const times = `${numberIn(event, 'attempt') ?? '?'} of ${numberIn(event, 'max_retries') ?? '?'}`
  return `${why || 'a failure'}: tries again${delay === undefined ? '' : ` in ${duration(Math.max(0, delay))}`} (${times})`
}

const turns = (number: number | undefined): string | undefined =>
  number === undefined ? undefined : count(number, 'turn')
const took = (ms: number | undefined): string | undefined =>
  ms === undefined ? undefined : duration(Math.max(0, ms))

/** The text of a tool's result; what else is in it is named. */
function textOf(content: unknown): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  return content
    .map(it => (typeof it?.text === 'string' ? it.text : typeof it?.type === 'string' ? `[${it.type}]` : ''))
    .join('\n')
}
