import { nearest } from '../contract/nearest.ts'
import type { ScriptField } from '../contract/scripts.ts'

type Warn = (problem: string) => void

/** `branch (optional), env`, or one per line behind a dash. Unmarked means required; a sentence is one item. */
export function readFields(lines: readonly string[], what: string, warn: Warn): ScriptField[] {
  const fields = readItems(lines, what, warn).flatMap(item => readField(item, what, warn) ?? [])
  return fields.filter(({ name }, i) => {
    const isFirst = fields.findIndex(it => it.name === name) === i
    if (!isFirst) warn(`${what} name "${name}" twice.`)
    return isFirst
  })
}

/** `deploy, staging`. */
export function readWords(lines: readonly string[], what: string, warn: Warn): string[] {
  return [...new Set(readItems(lines, what, warn))]
}

/** What a script makes may be said in free words. */
const isSentence = (item: string): boolean => item.split(/\s+/).length > 4

const none = /^(none|nothing|n\/a|-)?\.?$/i

function readItems(lines: readonly string[], what: string, warn: Warn): string[] {
  const text = lines.reduce((all, line) => {
    const isItem = /^- /.test(line)
    const words = isItem ? line.slice(2) : line
    if (all === '') return words.trim()
    return isItem ? `${all.replace(/,$/, '')}, ${words}` : `${all} ${words}`
  }, '')
  const plain = text.trim().replace(/^\[(.*)\]$/, '$1')
  if (plain.split('[').length !== plain.split(']').length) warn(`${what}: a bracket is missing in "${text}".`)
  if (none.test(plain)) return []
  const items = splitOutsideParentheses(plain).map(item => item.trim())
  if (what === 'outputs' && items.some(isSentence)) return [plain]
  if (items.some(item => item === '')) warn(`${what} "${text}" has a comma too many.`)
  return items.filter(item => item !== '')
}

function splitOutsideParentheses(text: string): string[] {
  const items = ['']
  let depth = 0
  for (const char of text) {
    if (char === '(') depth++
    if (char === ')') depth = Math.max(0, depth - 1)
    if (char === ',' && depth === 0) items.push('')
    else items[items.length - 1] += char
  }
  return items
}

const marked = /^(.*?)\s*\(\s*(optional|required)\b[^()]*\)$/i
const remarked = /^(.*?)\s*\(\s*([^\s(),]+)\s*\)$/

function readField(item: string, what: string, warn: Warn): ScriptField | undefined {
  const [, name, mark] = marked.exec(item) ?? []
  if (name !== undefined && mark !== undefined) {
    if (name !== '') return { name, required: mark.toLowerCase() === 'required' }
    warn(`${what}: "${item}" names nothing; it is left out.`)
    return undefined
  }
  const remark = remarked.exec(item)?.[2]
  const meant = remark && nearest(remark, ['optional', 'required'])
  if (meant) warn(`${what}: "(${remark})" is not a mark. Did you mean "(${meant})"?`)
  else if (item.split('(').length !== item.split(')').length)
    warn(`${what}: a bracket is missing in "${item}".`)
  return { name: item, required: true }
}
