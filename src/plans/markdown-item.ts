import { toolKind } from '../contract/payloads.ts'
import { shellWord } from '../contract/shell-word.ts'
import type { Place } from '../yaml-text.ts'
import { readOptions } from './entry.ts'
import { type Fence, indentOf, unindent } from './markdown-lines.ts'
import type { PlanTask, PlanWork, Problem } from './plan.ts'

/** @property from where in the item's lines it begins; it has two lines more than its body */
export type ItemBlock = { fence: Fence; from: number; line: number; body: string[] }

/**
 * An open box with what belongs to it.
 * @property lines  as they stand in the text, below the box; its blocks are among them
 * @property end    how many of its lines there were after the last block; -1 without one
 * @property nested how far in the text of a list below it begins
 */
export type Item = {
  place: Place
  indent: number
  title: string
  lines: string[]
  blocks: ItemBlock[]
  heading: { lane: string; line: number } | undefined
  nested: number | undefined
  end: number
}

type Read = { value?: PlanTask; problems: Problem[] }

/**
 * A block of shell or Python is what is to be run, and the words around it become a comment in it. A box that holds nothing
 * but `` `a command` `` is that command, or that script with its arguments. Everything else is a prompt, word for word; so
 * is all of it where the box names a tool that takes prompts.
 */
export function toTask(item: Item): Read {
  const { title, options: given } = splitOptions(item.title)
  const { value: said, problems } = readOptions(given, () => item.place)
  if (!said) return { problems }
  const isPrompt = said.options.tool !== undefined && takesPrompts(said.options.tool)
  const blocks = isPrompt ? [] : item.blocks.filter(it => languages[it.fence.language] !== undefined)
  const [block, second] = blocks
  const wrong = (place: Place, sentence: string): Read => ({ problems: [{ place, sentence }] })
  if (second) {
    const place = { line: second.line, column: second.fence.indent + 1 }
    return wrong(place, 'a second block to run: a task does one thing. Give it a box of its own.')
  }
  if (block?.body.every(line => line.trim() === ''))
    return wrong({ line: block.line, column: block.fence.indent + 1 }, 'there is nothing in this block.')
  const work = block ? toRun(item, title, block) : toSay(item, title, isPrompt)
  if (work.form === 'prompt' && work.text === '') return wrong(item.place, 'this box says nothing.')
  return { value: { ...said, ...withLane(item, said), work }, problems: [] }
}

/** Tools of one's own do, as far as it can be told by a name. */
const takesPrompts = (tool: string): boolean => ['prompt', 'other'].includes(toolKind(tool))

/** The languages of what is run, and what it is then. */
const languages: Record<string, 'command' | 'code'> = Object.assign(Object.create(null), {
  bash: 'command',
  sh: 'command',
  shell: 'command',
  python: 'code',
  python3: 'code',
  py: 'code',
})

function toRun(item: Item, title: string, block: ItemBlock): PlanWork {
  const around = textOf(item, line => !isIn(block, line))
  const comment = [title, ...around.split('\n')].filter(line => line.trim() !== '').map(line => `# ${line}`)
  const code = block.body.map(line => unindent(line, block.fence.indent))
  const form = languages[block.fence.language] as 'command' | 'code'
  return { form, text: [...comment, ...code].join('\n').trimEnd() }
}

/** A block of `prompt` is text that may hold anything: it stands for what is in it. */
function toSay(item: Item, title: string, isPrompt: boolean): PlanWork {
  const marks = item.blocks
    .filter(it => it.fence.language === 'prompt')
    .flatMap(it => [it.from, it.from + it.body.length + 1])
  const text = textOf(item, line => !marks.includes(line))
  const typed = text === '' && !isPrompt ? codeSpan(title) : undefined
  if (typed !== undefined) return toType(typed)
  return { form: 'prompt', text: [title, text].filter(it => it !== '').join('\n') }
}

/** What is between the backticks of a text that is nothing else. */
function codeSpan(text: string): string | undefined {
  const ticks = /^`+/.exec(text)?.[0] ?? ''
  const inner = text.slice(ticks.length, -ticks.length || undefined).trim()
  const isAlone = ticks !== '' && text.length > 2 * ticks.length && text.endsWith(ticks)
  return isAlone && inner !== '' && !inner.includes(ticks) ? inner : undefined
}

/** What would be typed: a script of the project is queued as one, so that its header counts. */
function toType(text: string): PlanWork {
  const words = text.split(/\s+/)
  const isPlain = words.every(word => word === shellWord(word))
  const [file = '', ...args] = words
  if (isPlain && /\.(sh|bash|py)$/.test(file)) return { form: 'script', file, args }
  return { form: 'command', text }
}

/** The lines below a box, without what all of them are indented by; a block is not indented in itself. */
function textOf({ lines, blocks }: Item, keep: (line: number) => boolean): string {
  const blockOf = (line: number) => blocks.find(it => isIn(it, line))
  const indents = lines
    .filter((line, i) => line.trim() !== '' && !blockOf(i))
    .map(indentOf)
    .filter(indent => indent > 0)
  const common = indents.length > 0 ? Math.min(...indents) : 0
  return lines
    .map((line, i) => unindent(line, blockOf(i)?.fence.indent ?? common))
    .filter((_, i) => keep(i))
    .join('\n')
    .replace(/^(\s*\n)+/, '')
    .trimEnd()
}

const isIn = ({ from, body }: ItemBlock, line: number) => line >= from && line < from + body.length + 2

function withLane({ heading }: Item, { options, place }: Pick<PlanTask, 'options' | 'place'>) {
  if (!heading || options.lane !== undefined) return {}
  return {
    options: { ...options, lane: heading.lane },
    place: (option?: string) => (option === 'lane' ? { line: heading.line, column: 1 } : place(option)),
  }
}

const pair = /([a-z_]+)=("[^"]*"|[^\s{}"]+)/g

/** `Fix the login test {tool=llm-codex timeout=1800}`: what a box says of how it is to be done. */
function splitOptions(title: string): { title: string; options: Record<string, unknown> } {
  const found =
    /(?:^|\s)\{(\s*[a-z_]+=(?:"[^"]*"|[^\s{}"]+)(?:\s+[a-z_]+=(?:"[^"]*"|[^\s{}"]+))*\s*)\}$/.exec(title)
  if (!found) return { title, options: {} }
  const options = [...(found[1] as string).matchAll(pair)].map(([, name, value = '']) => [
    name as string,
    toValue(name as string, value.replace(/^"(.*)"$/s, '$1')),
  ])
  return { title: title.slice(0, found.index).trim(), options: Object.fromEntries(options) }
}

const numbers = ['timeout', 'max_attempts']
const toValue = (name: string, text: string) =>
  numbers.includes(name) && /^\d{1,15}$/.test(text) ? Number(text) : text
