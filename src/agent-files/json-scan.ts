/** Where a value stands in JSON text: `from` is its first byte, `to` the one behind its last. */
type Place = { from: number; to: number; value: unknown }
export type Value = Place &
  ({ kind: 'object'; members: Member[] } | { kind: 'array'; elements: Found[] } | { kind: 'other' })
/** `begin`: where it begins in what holds it, its key included. */
export type Found = Value & { begin: number; key?: string }
export type Member = Found & { key: string }

/**
 * Reads JSON with the place of everything in it. Comments and a comma behind the last one are let pass, as assistants do in
 * their own settings.
 * @throws SyntaxError with the line
 */
export function findMembers(text: string): Found {
  const start = text.charCodeAt(0) === 0xfeff ? 1 : 0
  const from = skipBlank(text, start)
  const root = read(text, from, 0)
  if (skipBlank(text, root.to) < text.length) throw wrong(text, root.to)
  return { ...root, begin: root.from }
}

/** @returns the offset of the next sign that is neither white nor comment */
export function skipBlank(text: string, offset: number): number {
  const blank = /(?:[ \t\r\n]|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y
  blank.lastIndex = offset
  blank.exec(text)
  return blank.lastIndex
}

const deepest = 200

function read(text: string, from: number, depth: number): Value {
  if (depth > deepest) throw wrong(text, from)
  const first = text[from]
  if (first === '{') return readObject(text, from, depth)
  if (first === '[') return readArray(text, from, depth)
  const scalar = /"(?:[^"\\\n]|\\.)*"|-?\d[\d.eE+-]*|true|false|null/y
  scalar.lastIndex = from
  const [found] = scalar.exec(text) ?? []
  if (found === undefined) throw wrong(text, from)
  return { kind: 'other', from, to: from + found.length, value: parse(text, from, found) }
}

function readObject(text: string, from: number, depth: number): Value {
  const members: Member[] = []
  const to = readList(text, from, '}', begin => {
    const key = read(text, begin, depth + 1)
    const colon = skipBlank(text, key.to)
    if (typeof key.value !== 'string' || text[colon] !== ':') throw wrong(text, begin)
    const value = read(text, skipBlank(text, colon + 1), depth + 1)
    members.push({ ...value, begin, key: key.value })
    return value.to
  })
  return {
    kind: 'object',
    from,
    to,
    members,
    value: Object.fromEntries(members.map(it => [it.key, it.value])),
  }
}

function readArray(text: string, from: number, depth: number): Value {
  const elements: Found[] = []
  const to = readList(text, from, ']', begin => {
    const value = read(text, begin, depth + 1)
    elements.push({ ...value, begin })
    return value.to
  })
  return { kind: 'array', from, to, elements, value: elements.map(it => it.value) }
}

/** @returns the offset behind the closing bracket */
function readList(text: string, from: number, end: string, readOne: (begin: number) => number): number {
  for (let at = skipBlank(text, from + 1); ; ) {
    if (text[at] === end) return at + 1
    at = skipBlank(text, readOne(at))
    if (text[at] === end) return at + 1
    if (text[at] !== ',') throw wrong(text, at)
    at = skipBlank(text, at + 1)
  }
}

function parse(text: string, from: number, word: string): unknown {
  try {
    return JSON.parse(word)
  } catch {
    throw wrong(text, from)
  }
}

const wrong = (text: string, offset: number): SyntaxError =>
  new SyntaxError(`it is no JSON at line ${text.slice(0, offset).split('\n').length}`)
