import { type Fields, fieldsIn, textIn } from './json.ts'
import { tokens } from './transcript-facts.ts'
import type { Page } from './transcript-page.ts'
import { callDetail } from './words.ts'

/** Writes what the events of Gemini CLI say on a page. */
export function tellGemini(page: Page): (event: Fields) => void {
  const told: Record<string, (event: Fields) => void> = {
    init: event =>
      page.note(['Gemini', textIn(event, 'model'), textIn(event, 'session_id')].filter(Boolean).join(' · ')),
    // The other role is the prompt.
    message: event => {
      if (event.role !== 'assistant') return
      const text = textIn(event, 'content') ?? ''
      if (event.delta === true) page.sayOn(text)
      else page.say(text)
    },
    tool_use: event => page.call(textIn(event, 'tool_name') ?? 'tool', callDetail(event.parameters)),
    tool_result: event => {
      const fault = textIn(fieldsIn(event, 'error'), 'message')
      page.result(textIn(event, 'output') ?? fault ?? '', event.status !== 'error')
    },
    result: event => {
      const isGood = event.status === 'success'
      const fault = textIn(fieldsIn(event, 'error'), 'message') ?? ''
      page.final(isGood, isGood ? 'done' : `failed: ${fault}`, [tokens(fieldsIn(event, 'stats'))])
    },
  }
  return event => {
    if (typeof event.type === 'string' && Object.hasOwn(told, event.type)) told[event.type]?.(event)
  }
}
