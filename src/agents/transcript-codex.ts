import { type Fields, fieldsIn, listIn, numberIn, textIn } from './json.ts'
import { tokens } from './transcript-facts.ts'
import type { Page } from './transcript-page.ts'
import { callDetail } from './words.ts'

/** Writes what the events of Codex say on a page. */
export function tellCodex(page: Page): (event: Fields) => void {
  const begun = new Set<string>()

  const started = (item: Fields): void => {
    const tell = calls[String(item.type)]
    if (!tell) return
    begun.add(textIn(item, 'id') ?? '')
    const [tool, detail] = tell(item)
    page.call(tool, detail)
  }

  const completed = (item: Fields): void => {
    const text = textIn(item, 'text') ?? ''
    if (item.type === 'agent_message') page.say(text)
    else if (item.type === 'reasoning') page.think(text)
    else if (item.type === 'error') page.note(textIn(item, 'message') ?? '')
    else if (item.type === 'todo_list') page.note(todo(item))
    else if (Object.hasOwn(calls, String(item.type))) {
      if (!begun.has(textIn(item, 'id') ?? '')) started(item)
      page.result(resultOf(item), item.status !== 'failed' && item.status !== 'declined')
    }
  }

  const told: Record<string, (event: Fields) => void> = {
    'thread.started': event => page.note(`Codex · ${textIn(event, 'thread_id') ?? ''}`),
    'item.started': event => started(fieldsIn(event, 'item')),
    'item.completed': event => completed(fieldsIn(event, 'item')),
    error: event => page.note(textIn(event, 'message') ?? ''),
    'turn.completed': event => page.final(true, 'done', [soFar(fieldsIn(event, 'usage'))]),
    'turn.failed': event =>
      page.final(false, `failed: ${textIn(fieldsIn(event, 'error'), 'message') ?? ''}`, []),
  }
  return event => {
    if (typeof event.type === 'string' && Object.hasOwn(told, event.type)) told[event.type]?.(event)
  }
}

/** Items that are tool calls: the name of the tool, and what it is to do. */
const calls: Record<string, (item: Fields) => [string, string]> = Object.assign(Object.create(null), {
  command_execution: (item: Fields) => ['shell', unwrapped(textIn(item, 'command') ?? '')],
  file_change: (item: Fields) => ['edit', changes(item)],
  mcp_tool_call: (item: Fields) => [
    [textIn(item, 'server'), textIn(item, 'tool')].filter(Boolean).join('.'),
    callDetail(item.arguments),
  ],
  web_search: (item: Fields) => ['web search', textIn(item, 'query') ?? ''],
})

/** Codex counts the whole conversation. */
function soFar(usage: Fields): string | undefined {
  const told = tokens(usage)
  return told && `${told} so far`
}

/** `/bin/bash -lc 'npm test'` → `npm test`. */
const unwrapped = (command: string): string => /^\S*sh -l?c '(.*)'$/s.exec(command)?.[1] ?? command

const changes = (item: Fields): string =>
  listIn(item, 'changes')
    .map(it => `${textIn(it, 'path') ?? '?'} (${textIn(it, 'kind') ?? 'change'})`)
    .join(', ')

const todo = (item: Fields): string =>
  listIn(item, 'items')
    .map(it => `${it.completed === true ? '☑' : '☐'} ${textIn(it, 'text') ?? ''}`)
    .join('  ')

function resultOf(item: Fields): string {
  const code = numberIn(item, 'exit_code')
  const output = textIn(item, 'aggregated_output') ?? ''
  const fault = textIn(fieldsIn(item, 'error'), 'message')
  const contents = listIn(fieldsIn(item, 'result'), 'content').flatMap(it => textIn(it, 'text') ?? [])
  const parts = [output.trimEnd(), ...contents, fault, code ? `exit code ${code}` : undefined]
  return parts.filter(Boolean).join('\n')
}
