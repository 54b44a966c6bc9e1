import { isDeepStrictEqual } from 'node:util'
import { type Found, findMembers, skipBlank, type Value } from './json-scan.ts'

/** Where in a JSON document: keys of objects. */
export type Way = readonly string[]

/**
 * Puts a value into JSON text, as the last member of its object (or, where `way` leads to an array, as its last element) and
 * changes no other byte: comments, order and indentation stay. What of the way is not there yet is made.
 * @returns the text as it is where the very value is there already
 * @throws SyntaxError where the text is no JSON, or holds something else on the way
 */
export function putJson(text: string, way: Way, value: unknown, { append = false } = {}): string {
  const root = findMembers(text)
  const { at, rest } = follow(root, way)
  if (rest.length === 0 && append && at.kind === 'array') {
    return at.elements.some(it => isDeepStrictEqual(it.value, value))
      ? text
      : insert(text, at, undefined, value)
  }
  if (rest.length === 0) {
    if (isDeepStrictEqual(at.value, append ? [value] : value)) return text
    throw new SyntaxError(`${way.join('.')} is there already, and says something else`)
  }
  if (at.kind !== 'object')
    throw new SyntaxError(`${way.slice(0, -rest.length).join('.') || 'it'} is no object`)
  const made = rest
    .slice(1)
    .reduceRight<unknown>((inner, key) => ({ [key]: inner }), append ? [value] : value)
  return insert(text, at, rest[0] as string, made)
}

/**
 * Takes out what `putJson` put in: the same bytes are left that were there before. An object or array that holds nothing else
 * and was made for it (`made`: so many steps of the way) goes too.
 * @returns undefined where the value is not there, or was changed
 */
export function takeJson(
  text: string,
  way: Way,
  value: unknown,
  { append = false, made = 0 } = {},
): string | undefined {
  const { at, rest, chain } = follow(findMembers(text), way)
  if (rest.length > 0) return undefined
  const element = append && at.kind === 'array' ? at.elements.find(same(value)) : undefined
  if (append ? element === undefined : !isDeepStrictEqual(at.value, value)) return undefined
  const path = element ? [...chain, element] : chain
  // What holds it alone goes with it, as far as it was made for it.
  let index = path.length - 1
  for (let steps = made; steps > 0 && index > 1; steps--, index--) {
    if (holds(path[index - 1] as Found) !== 1) break
  }
  return cut(text, path[index - 1] as Value, path[index] as Found)
}

/** How many steps of the way are not there yet, beside the last one. */
export function missingSteps(text: string, way: Way, { append = false } = {}): number {
  const { rest } = follow(findMembers(text), way)
  return Math.max(0, append ? rest.length : rest.length - 1)
}

export function hasJson(text: string, way: Way, value: unknown, { append = false } = {}): boolean {
  const { at, rest } = follow(findMembers(text), way)
  if (rest.length > 0) return false
  return append ? at.kind === 'array' && at.elements.some(same(value)) : isDeepStrictEqual(at.value, value)
}

const same =
  (value: unknown) =>
  (it: Found): boolean =>
    isDeepStrictEqual(it.value, value)

const holds = (it: Value): number =>
  it.kind === 'object' ? it.members.length : it.kind === 'array' ? it.elements.length : 0

/** Follows the way as far as it goes. */
function follow(root: Found, way: Way): { at: Found; rest: Way; chain: Found[] } {
  const chain = [root]
  for (const [index, key] of way.entries()) {
    const at = chain.at(-1) as Found
    const next = at.kind === 'object' ? at.members.findLast(it => it.key === key) : undefined
    if (next === undefined) return { at, rest: way.slice(index), chain }
    chain.push(next)
  }
  return { at: chain.at(-1) as Found, rest: [], chain }
}

function insert(text: string, into: Found, key: string | undefined, value: unknown): string {
  const inner = (
    into.kind === 'object' ? into.members : into.kind === 'array' ? into.elements : []
  ) as Found[]
  const last = inner.at(-1)
  const eol = text.includes('\r\n') ? '\r\n' : '\n'
  const unit = unitOf(text)
  const outer = indentAt(text, into.from)
  // Beside what stands on lines of its own; within one line it is one line.
  const isWide = last === undefined || /\n/.test(text.slice(into.from, inner[0]?.begin))
  const indent = last !== undefined && isWide ? indentAt(text, last.begin) : outer + unit
  const name = key === undefined ? '' : `${JSON.stringify(key)}: `
  const json = isWide
    ? JSON.stringify(value, null, unit).replaceAll('\n', eol + indent)
    : JSON.stringify(value)
  if (last === undefined) {
    const at = into.from + 1
    return `${text.slice(0, at)}${eol}${indent}${name}${json}${eol}${outer}${text.slice(at)}`
  }
  const glue = isWide ? `,${eol}${indent}` : ', '
  return `${text.slice(0, last.to)}${glue}${name}${json}${text.slice(last.to)}`
}

/** The reverse of `insert`; of what stands first, too, where others came after it. */
function cut(text: string, from: Value, what: Found): string {
  const inner = (
    from.kind === 'object' ? from.members : from.kind === 'array' ? from.elements : []
  ) as Found[]
  const index = inner.indexOf(what)
  const before = inner[index - 1]
  if (before) return text.slice(0, before.to) + text.slice(what.to)
  const after = inner[index + 1]
  if (after) return text.slice(0, what.begin) + text.slice(after.begin)
  const start = from.from + 1
  const gap = /^\r?\n[ \t]*$/.test(text.slice(start, what.begin)) ? start : what.begin
  const outer = indentAt(text, from.from)
  const eol = /^\r?\n/.exec(text.slice(what.to))?.[0] ?? ''
  const closes = eol !== '' && text.startsWith(eol + outer, what.to)
  return text.slice(0, gap) + text.slice(what.to + (closes ? eol.length + outer.length : 0))
}

/** What stands before the first sign of the line that `offset` is in. */
function indentAt(text: string, offset: number): string {
  const begin = text.lastIndexOf('\n', offset - 1) + 1
  return /^[ \t]*/.exec(text.slice(begin, offset))?.[0] ?? ''
}

/** What a level is indented by: as in the first line that is. */
function unitOf(text: string): string {
  const first = /\{[ \t]*\r?\n([ \t]+)/.exec(text.slice(0, skipBlank(text, 0) + 400))?.[1]
  return first === undefined ? '  ' : first.startsWith('\t') ? '\t' : first.slice(0, 8)
}
