import type { Prompt } from '../../../src/contract/prompts.ts'
import type { Script } from '../../../src/contract/scripts.ts'
import type { TaskInput } from '../../../src/contract/tasks.ts'
import { renderPrompt } from '../../../src/contract/templates.ts'
import type { Tool } from '../../../src/contract/tools.ts'
import { type Draft, takesScripts, takesSeveral, textKeys } from './draft.ts'

/** The tasks that a draft makes; or what is still missing, where there is more than nothing. */
export type Made = { tasks: TaskInput[]; missing?: undefined } | { tasks?: undefined; missing: string }

type Known = { tool: Tool; prompt: Prompt | undefined; script: Script | undefined }

export function tasksOf(draft: Draft, known: Known): Made {
  const { tool } = known
  try {
    const payloads =
      draft.isScript && takesScripts(tool)
        ? [scriptPayload(draft, known.script)]
        : textsOf(draft, known).map(text => textPayload(text, tool))
    if (payloads.length === 0) return { missing: '' }
    return { tasks: payloads.map(payload => taskOf(draft, tool, payload)) }
  } catch (error) {
    return { missing: (error as Error).message }
  }
}

function taskOf(draft: Draft, tool: Tool, payload: Record<string, unknown>): TaskInput {
  const { queue, timeout, notBefore, attempts, check, rest } = draft
  const isJson = tool.kind === 'other'
  return {
    queue_id: queue,
    tool_name: tool.name,
    payload: isJson ? payload : { ...payload, ...rest, ...(check.trim() ? { check: check.trim() } : {}) },
    ...(timeout === '' ? {} : { timeout: Number(timeout) }),
    ...(notBefore === '' ? {} : { not_before: new Date(notBefore).toISOString() }),
    ...(attempts === '' ? {} : { max_attempts: Number(attempts) }),
  }
}

function textsOf({ text, stored, values, several }: Draft, { tool, prompt }: Known): string[] {
  if (tool.kind === 'prompt' && stored !== '') {
    if (!prompt) throw new Error(`There is no stored prompt "${stored}".`)
    const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''))
    return [renderPrompt(prompt, given)]
  }
  if (text.trim() === '') return []
  if (!several || !takesSeveral(tool)) return [text.replace(/\n+$/, '')]
  const parts = tool.kind === 'prompt' ? text.split(/\n[^\S\n]*\n/) : text.split('\n')
  return parts.map(part => part.trim()).filter(part => part !== '')
}

function textPayload(text: string, { kind }: Tool): Record<string, unknown> {
  const key = textKeys[kind]
  if (key) return { [key]: text }
  let payload: unknown
  try {
    payload = JSON.parse(text)
  } catch (error) {
    throw new Error(`This is not JSON: ${(error as Error).message}`)
  }
  if (typeof payload === 'object' && payload !== null && !Array.isArray(payload)) {
    return payload as Record<string, unknown>
  }
  throw new Error('A payload is a JSON object: {"key": "value"}.')
}

function scriptPayload({ script, inputs, more }: Draft, known: Script | undefined): Record<string, unknown> {
  if (script.trim() === '') throw new Error('')
  const declared = known?.inputs ?? []
  const missing = declared.filter(({ required }, at) => required && (inputs[at] ?? '') === '')
  if (missing.length > 0) throw new Error(`It needs ${missing.map(({ name }) => name).join(' and ')}.`)
  const own = declared.map((_, at) => inputs[at] ?? '')
  const further = wordsOf(more)
  // Where nothing follows, what is left empty is not given; before something else its place has to be kept.
  while (further.length === 0 && own.at(-1) === '') own.pop()
  const args = [...own, ...further]
  return { script_path: known?.path ?? script.trim(), ...(args.length > 0 ? { args } : {}) }
}

/**
 * The words of a line as a shell reads them, without expanding anything.
 * @throws where a quote is not closed
 */
export function wordsOf(line: string): string[] {
  const words: string[] = []
  let word: string | undefined
  let quote = ''
  for (let at = 0; at < line.length; at++) {
    const char = line[at] as string
    if (quote === "'" ? char !== "'" : quote === '"' && char !== '"' && char !== '\\') word += char
    else if (char === '\\' && at + 1 < line.length) word = (word ?? '') + escaped(line[++at] as string, quote)
    else if (quote !== '') quote = ''
    else if (char === "'" || char === '"') {
      quote = char
      word ??= ''
    } else if (/\s/.test(char)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else word = (word ?? '') + char
  }
  if (quote !== '') throw new Error(`A ${quote} is not closed.`)
  return word === undefined ? words : [...words, word]
}

const escaped = (char: string, quote: string): string =>
  quote === '"' && !/["\\$`]/.test(char) ? `\\${char}` : char
