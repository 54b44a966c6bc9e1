import { isDeepStrictEqual } from 'node:util'
import {
  type Document,
  isCollection,
  isMap,
  isScalar,
  type Pair,
  parseDocument,
  type Scalar,
  stringify,
  type YAMLMap,
} from 'yaml'
import { readYaml } from './yaml-text.ts'

/**
 * Edits the text of a YAML mapping as a person would: only the lines that say the thing change; comments, order and
 * blanks stay byte for byte. Each edit is read again and must say what it was to say. Where that cannot be had by changing
 * lines, the document is written anew, which keeps comments and order but not every blank; where not even that, nothing is.
 */

type Steps = readonly string[]
type Plain = Record<string, unknown>

/** The text with `value` at `steps`; undefined when it cannot be had. */
export function setInYaml(text: string, steps: Steps, value: unknown): string | undefined {
  const said = plainOf(text)
  const wanted = withValue(said, steps, value)
  if (isDeepStrictEqual(said, wanted)) return text
  return firstThatSays(wanted, [
    () => setByLines(text, steps, value),
    () => {
      const document = parseDocument(text)
      document.setIn(steps, document.createNode(value, { flow: true }))
      return write(document)
    },
  ])
}

/** The text without what is at `steps`; undefined when it cannot be had. */
export function removeFromYaml(text: string, steps: Steps): string | undefined {
  const wanted = withValue(plainOf(text), steps, undefined)
  return firstThatSays(wanted, [
    () => removeByLines(text, steps),
    () => {
      const document = parseDocument(text)
      document.deleteIn(steps)
      return write(document)
    },
  ])
}

function write(document: Document): string | undefined {
  try {
    return document.toString({ lineWidth: 0, flowCollectionPadding: false })
  } catch {
    // What was changed had an anchor that something else refers to.
    return undefined
  }
}

function firstThatSays(wanted: Plain, ways: (() => string | undefined)[]): string | undefined {
  for (const way of ways) {
    const edited = way()
    if (edited !== undefined && !readYaml(edited).problem && isDeepStrictEqual(plainOf(edited), wanted))
      return edited
  }
  return undefined
}

/** What a text says; a mapping that is empty says nothing, however it is written, nor does a section of comments. */
function plainOf(text: string): Plain {
  const value = (readYaml(text).value ?? {}) as Plain
  const said = Object.entries(value).filter(([, section]) => section !== null)
  return (withoutEmpty(Object.fromEntries(said)) ?? {}) as Plain
}

function withoutEmpty(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value ?? undefined
  const entries = Object.entries(value).map(([key, it]) => [key, it === null ? null : withoutEmpty(it)])
  const left = entries.filter(([, it]) => it !== undefined)
  return left.length === 0 ? undefined : Object.fromEntries(left)
}

function withValue(plain: Plain, [first, ...rest]: Steps, value: unknown): Plain {
  const inner = rest.length === 0 ? value : withValue((plain[first as string] ?? {}) as Plain, rest, value)
  return (withoutEmpty({ ...plain, [first as string]: inner }) ?? {}) as Plain
}

function setByLines(text: string, steps: Steps, value: unknown): string | undefined {
  const document = parseDocument(text)
  const known = pairAt(document, steps)
  if (known) return replaceValue(text, known, value)
  const at = deepest(document, steps)
  const missing = steps.slice(at.depth)
  const nested = missing.slice(1).reduceRight<unknown>((inner, key) => ({ [key]: inner }), value)
  const key = missing[0] as string
  if (at.map?.flow) return intoFlow(text, at.map, `${scalar(key)}: ${flow(nested)}`)
  const lines = block(key, nested, missing.length === 1 && steps.length > 1)
  if (at.map && at.map.items.length > 0) return intoBlock(text, at.map, key, lines)
  return at.pair ? belowKey(text, document, at.pair, key, lines) : atTheEnd(text, lines)
}

/** Where the steps lead as far as they are there: the mapping, or the key whose mapping is still empty. */
function deepest(document: Document, steps: Steps): { map?: YAMLMap; pair?: Pair; depth: number } {
  for (let depth = steps.length - 1; depth > 0; depth--) {
    const pair = pairAt(document, steps.slice(0, depth))
    if (pair) return { ...(isMap(pair.value) ? { map: pair.value } : {}), pair, depth }
  }
  return { ...(isMap(document.contents) ? { map: document.contents } : {}), depth: 0 }
}

function pairAt(document: Document, steps: Steps): Pair | undefined {
  let node: unknown = document.contents
  let found: Pair | undefined
  for (const step of steps) {
    found = isMap(node) ? node.items.find(it => isScalar(it.key) && String(it.key.value) === step) : undefined
    if (!found) return undefined
    node = found.value
  }
  return found
}

const startOf = ({ key }: Pair): number => (key as Scalar).range?.[0] as number

/** Behind the last thing that belongs to a node: the node's own end may have comments before it. */
function endOf(node: unknown): number {
  if (isCollection(node) && !node.flow && node.items.length > 0) {
    const last = node.items.at(-1) as Pair | Scalar
    return 'key' in last ? endOfPair(last as Pair) : endOf(last)
  }
  return (node as Scalar).range?.[1] as number
}

function endOfPair({ key, value }: Pair): number {
  return value && (!isScalar(value) || value.source !== '')
    ? endOf(value)
    : ((key as Scalar).range?.[1] as number) + 1
}

function replaceValue(text: string, pair: Pair, value: unknown): string | undefined {
  const node = pair.value as Scalar | null
  const written = flow(value)
  const end = endOfPair(pair)
  const isEmpty = !node || (isScalar(node) && node.source === '')
  if (isEmpty) return `${text.slice(0, end)} ${written}${text.slice(end)}`
  const start = node.range?.[0] as number
  const keyEnd = (pair.key as Scalar).range?.[1] as number
  // A block begins on a line of its own: what is between goes with it.
  const isBlock = (isCollection(node) && !node.flow) || ('type' in node && /^BLOCK/.test(String(node.type)))
  if (!isBlock) return text.slice(0, start) + written + text.slice(end)
  const tail = text.slice(end)
  return `${text.slice(0, keyEnd)}: ${written}${tail.startsWith('\n') || tail === '' ? '' : '\n'}${tail}`
}

function intoFlow(text: string, map: YAMLMap, entry: string): string {
  const end = (map.range?.[1] as number) - 1
  const before = text.slice(0, end).trimEnd()
  const isPadded = before.length < end
  const separator = map.items.length > 0 ? (before.endsWith(',') ? ' ' : ', ') : isPadded ? ' ' : ''
  return `${before}${separator}${entry}${isPadded ? ' ' : ''}${text.slice(end)}`
}

function intoBlock(text: string, map: YAMLMap, key: string, lines: string[]): string {
  const first = map.items[0] as Pair
  const last = map.items.at(-1) as Pair
  const start = lineStart(text, startOf(first))
  const indent = text.slice(start, startOf(first))
  const end = lineEnd(text, endOfPair(last))
  // A section of the whole file ends at the next one; one inside another, where the indentation does.
  const behind = indent === '' ? end : behindComment(text, { from: start, end, indent, key })
  if (indent === '') return atTheEnd(text, lines)
  return insert(
    text,
    behind,
    lines.map(line => indent + line),
  )
}

function belowKey(
  text: string,
  document: Document,
  pair: Pair,
  key: string,
  lines: string[],
): string | undefined {
  const start = lineStart(text, startOf(pair))
  const outer = text.slice(start, startOf(pair))
  if (outer.trim() !== '') return undefined
  const end = lineEnd(text, endOfPair(pair))
  const indent = outer + usualIndent(text, document)
  return insert(
    text,
    behindComment(text, { from: end, end, indent, key }),
    lines.map(line => indent + line),
  )
}

/** Below the line in which the setting stands in a comment, if there is one in its section: `# max_running: null`. */
function behindComment(
  text: string,
  { from, end, indent, key }: { from: number; end: number; indent: string; key: string },
): number {
  let at = from
  let best = end
  while (at < text.length) {
    const found = text.indexOf('\n', at)
    const next = found === -1 ? text.length : found + 1
    const line = text.slice(at, next)
    // Whatever stands further out is of another section; blank lines and comments may be of either.
    if (at >= end && line.trim() !== '' && !line.startsWith(indent)) break
    const commented = /^\s*#\s*([\w.-]+):(\s|$)/.exec(line)
    if (commented?.[1] === key && line.startsWith(`${indent}#`)) best = next
    at = next
  }
  return best
}

function atTheEnd(text: string, lines: string[]): string {
  const isOpen = text !== '' && !text.endsWith('\n')
  const gap = text.trim() === '' ? '' : newline(text)
  return insert(`${text}${isOpen ? newline(text) : ''}${gap}`, undefined, lines, newline(text))
}

function insert(text: string, at = text.length, lines: string[] = [], end = newline(text)): string {
  const before = text.slice(0, at)
  const open = before !== '' && !before.endsWith('\n') ? end : ''
  return `${before}${open}${lines.map(line => line + end).join('')}${text.slice(at)}`
}

function removeByLines(text: string, steps: Steps): string | undefined {
  const document = parseDocument(text)
  const pair = pairAt(document, steps)
  if (!pair) return undefined
  const parent = steps.length === 1 ? document.contents : pairAt(document, steps.slice(0, -1))?.value
  if (!isMap(parent)) return undefined
  if (parent.flow) return outOfFlow(text, parent, pair)
  const start = lineStart(text, startOf(pair))
  if (text.slice(start, startOf(pair)).trim() !== '') return undefined
  return text.slice(0, start) + text.slice(lineEnd(text, endOfPair(pair)))
}

function outOfFlow(text: string, { items }: YAMLMap, pair: Pair): string {
  const at = items.indexOf(pair as never)
  const [before, after] = [items[at - 1] as Pair | undefined, items[at + 1] as Pair | undefined]
  if (before) return text.slice(0, endOfPair(before)) + text.slice(endOfPair(pair))
  return text.slice(0, startOf(pair)) + text.slice(after ? startOf(after) : endOfPair(pair))
}

const newline = (text: string): string => (/\r\n/.test(text) ? '\r\n' : '\n')
const lineStart = (text: string, at: number): number => text.lastIndexOf('\n', at - 1) + 1
function lineEnd(text: string, at: number): number {
  // A block of text ends behind its line break.
  if (at > 0 && text[at - 1] === '\n') return at
  const end = text.indexOf('\n', at)
  return end === -1 ? text.length : end + 1
}

/** How far the file indents. */
function usualIndent(text: string, document: Document): string {
  const map = isMap(document.contents) ? document.contents : undefined
  for (const { value } of map?.items ?? []) {
    if (!isMap(value) || value.flow || !value.items[0]) continue
    const start = startOf(value.items[0])
    return text.slice(lineStart(text, start), start)
  }
  return '  '
}

/** A value on one line. */
function flow(value: unknown): string {
  const options = { collectionStyle: 'flow', flowCollectionPadding: false, lineWidth: 0 } as const
  return stringify(value, { ...options, defaultStringType: 'PLAIN', blockQuote: false }).trimEnd()
}

const scalar = (key: string): string => stringify(key, { lineWidth: 0 }).trimEnd()

/** `key: value` in one line; or mappings as blocks, down to the value. */
function block(key: string, value: unknown, isLeaf: boolean): string[] {
  if (isLeaf || typeof value !== 'object' || value === null || Array.isArray(value))
    return [`${scalar(key)}: ${flow(value)}`]
  const inner = Object.entries(value).flatMap(([name, it]) => block(name, it, isLeafValue(it)))
  return [`${scalar(key)}:`, ...inner.map(line => `  ${line}`)]
}

const isLeafValue = (value: unknown): boolean =>
  typeof value !== 'object' || value === null || Array.isArray(value)

/** A value as a document of its own: mappings as blocks, lists in one line. */
export function renderYaml(value: Plain, comment: string): string {
  const lines = Object.entries(value).flatMap(([key, it]) => ['', ...block(key, it, isLeafValue(it))])
  return `${comment}\n${lines.join('\n')}\n`
}
