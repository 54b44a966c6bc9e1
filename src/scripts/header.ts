import fs from 'node:fs'
import { didYouMean, nearest } from '../contract/nearest.ts'
import type { ScriptField } from '../contract/scripts.ts'
import { headComments } from './comments.ts'
import { readFields, readWords } from './lists.ts'

/** What a script says of itself in the comments at its head. */
export type ScriptHeader = {
  name: string | null
  /** One line. */
  description: string | null
  inputs: ScriptField[]
  outputs: ScriptField[]
  tags: string[]
  timeout: number | null
  /** Whether there is such a class, the script cannot know; `place` (`file:line`) is where it says so. */
  task_class: { name: string; place: string } | null
  warnings: string[]
}

/** How much of a file may be header: enough for any comment block, little enough to read at every enqueue. */
const headBytes = 16 * 1024

/** A year, in seconds. */
const longestTimeout = 31_536_000

const fields = ['name', 'description', 'inputs', 'outputs', 'tags', 'timeout', 'task_class'] as const
type Field = (typeof fields)[number]

/** What a header says of one field: its lines, and where it begins. */
type Said = { field: Field; place: string; indent: number; lines: string[] }

/**
 * Reads what the comment lines before a script's first statement say: `# timeout: 300`, `# inputs: branch (optional)`.
 * What cannot be understood is a warning with file and line, and counts as not said.
 * @param shown the name of the file in warnings
 */
export function readHeader(file: string, shown = file): ScriptHeader {
  return parseHeader(readHead(file), shown)
}

export function parseHeader(text: string, shown: string): ScriptHeader {
  const header: ScriptHeader = {
    name: null,
    description: null,
    inputs: [],
    outputs: [],
    tags: [],
    timeout: null,
    task_class: null,
    warnings: [],
  }
  const said = collect(text, shown, header.warnings)
  for (const it of said.values()) {
    const warn = (problem: string) => header.warnings.push(`${it.place}: ${problem}`)
    readers[it.field](header, it, warn)
  }
  return header
}

/** The beginning of a file, up to the last whole line of it. Never waits: what is no file has no writer to wait for. */
export function readHead(file: string): string {
  const fd = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK)
  try {
    const buffer = Buffer.allocUnsafe(headBytes)
    const read = fs.readSync(fd, buffer, 0, headBytes, 0)
    const text = buffer.toString('utf8', 0, read)
    return read < headBytes ? text : text.slice(0, text.lastIndexOf('\n') + 1)
  } finally {
    fs.closeSync(fd)
  }
}

/** `key: value`; a key that is not one of ours has a blank behind it, or it is an address. */
const keyed = /^(\s*)([A-Za-z][\w-]*):(\s*)(.*)$/

/** The fields with the lines that belong to them: a description goes on until something else begins, others indented. */
function collect(text: string, shown: string, warnings: string[]): Map<Field, Said> {
  const said = new Map<Field, Said>()
  let current: Said | undefined
  for (const { number, text: words } of headComments(text, shown)) {
    const place = `${shown}:${number}`
    const [, blank = '', key = '', gap = '', value = ''] = keyed.exec(words) ?? []
    const field = fields.find(it => it === key.toLowerCase())
    const indent = words.length - words.trimStart().length
    if (field) {
      current = { field, place, indent: blank.length, lines: [value] }
      if (!said.has(field)) said.set(field, current)
      else warnings.push(`${place}: there is a ${field} already; this one is left out.`)
    } else if (
      current &&
      words.trim() !== '' &&
      goesOn(current, indent, key !== '' && (gap || !value) !== '')
    ) {
      current.lines.push(words.trim())
    } else {
      current = undefined
      if (key !== '' && isMisspelt(key))
        warnings.push(`${place}: there is no field "${key}".${didYouMean(key, fields)}`)
    }
  }
  return said
}

function goesOn({ field, indent: own }: Said, indent: number, isKey: boolean): boolean {
  return indent > own || (field === 'description' && !isKey)
}

/** One letter off: further away, it is a word of its own (`note`, `usage`). */
function isMisspelt(key: string): boolean {
  const word = key.toLowerCase().replace('-', '_')
  const best = nearest(word, fields)
  return best !== undefined && word.length > 2 && isOneOff(word, best)
}

function isOneOff(a: string, b: string): boolean {
  if (a === b) return true
  let start = 0
  while (start < a.length && a[start] === b[start]) start++
  const [restA, restB] = [a.slice(start), b.slice(start)]
  return (
    restA.slice(1) === restB.slice(1) ||
    restA.slice(1) === restB ||
    restA === restB.slice(1) ||
    (restA[0] === restB[1] && restA[1] === restB[0] && restA.slice(2) === restB.slice(2))
  )
}

type Reader = (header: ScriptHeader, said: Said, warn: (problem: string) => void) => void

const readers: Record<Field, Reader> = {
  name: (header, { lines }, warn) => {
    const name = lines.join(' ').trim()
    if (name !== '' && name.length <= 100) header.name = name
    else warn(`a name has 1 to 100 characters; this one is left out.`)
  },
  description: (header, { lines }, warn) => {
    const [first = '', ...more] = lines
    // As YAML begins a text of several lines.
    const text = (/^[|>][+-]?$/.test(first) ? more : lines).join(' ').replace(/\s+/g, ' ').trim()
    if (text !== '') header.description = text
    else warn('the description is empty.')
  },
  inputs: (header, { lines }, warn) => {
    header.inputs = readFields(lines, 'inputs', warn)
  },
  outputs: (header, { lines }, warn) => {
    header.outputs = readFields(lines, 'outputs', warn)
  },
  tags: (header, { lines }, warn) => {
    header.tags = readWords(lines, 'tags', warn)
  },
  timeout: (header, { lines }, warn) => {
    const value = lines.join(' ').trim()
    const seconds = Number(value)
    if (/^\d+$/.test(value) && seconds >= 1 && seconds <= longestTimeout) header.timeout = seconds
    else
      warn(`timeout "${value}" is not a whole number of seconds from 1 to ${longestTimeout}; it is left out.`)
  },
  task_class: (header, { lines, place }, warn) => {
    const name = lines.join(' ').trim()
    if (/^\w[\w-]*$/.test(name)) header.task_class = { name, place }
    else warn(`task_class "${name}" is not a name; it is left out.`)
  },
}
