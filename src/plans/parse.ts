import { parseJsonl, parseYaml } from './data.ts'
import { parseMarkdown } from './markdown.ts'
import { nowhere, type Plan, type PlanFormat } from './plan.ts'

/** The format that a file's name speaks for; undefined for any other name. */
export function formatOf(file: string): PlanFormat | undefined {
  const ending = /\.([a-z]+)$/i.exec(file)?.[1]?.toLowerCase() ?? ''
  const formats: Record<string, PlanFormat> = {
    md: 'md',
    markdown: 'md',
    yaml: 'yaml',
    yml: 'yaml',
    jsonl: 'jsonl',
    ndjson: 'jsonl',
  }
  return Object.hasOwn(formats, ending) ? formats[ending] : undefined
}

const parsers = { md: parseMarkdown, yaml: parseYaml, jsonl: parseJsonl }

/**
 * Reads a plan. Whatever is wrong with it is among its problems; nothing is thrown.
 * @param bytes the file: UTF-8, with or without a byte order mark, with any line breaks
 */
export function parsePlan(bytes: Uint8Array, format: PlanFormat): Plan {
  const text = new TextDecoder('utf-8').decode(bytes).replaceAll('\r\n', '\n')
  const problem = findBroken(bytes) ?? findNul(text)
  if (problem) return failed(problem)
  try {
    return parsers[format](text)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return failed({ place: nowhere, sentence: 'the plan is nested too deeply.' })
  }
}

function failed(problem: Plan['problems'][number]): Plan {
  const head = { options: {}, place: () => nowhere }
  return { head, tasks: [], done: 0, unboxed: 0, problems: [problem] }
}

/** A byte that is no part of a character: text in another encoding, or no text at all. */
function findBroken(bytes: Uint8Array) {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return undefined
  } catch {
    return { place: { line: brokenLine(bytes), column: 1 }, sentence: 'this is not UTF-8.' }
  }
}

/** The first line that does not stand for itself when it is read and written again. */
function brokenLine(bytes: Uint8Array): number {
  let line = 1
  for (let start = 0; start < bytes.length; line++) {
    const feed = bytes.indexOf(10, start)
    const end = feed === -1 ? bytes.length : feed
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(start, end))
    } catch {
      break
    }
    start = end + 1
  }
  return line
}

/** No command line and no file of a task can hold one. */
function findNul(text: string) {
  const at = text.indexOf('\0')
  if (at === -1) return undefined
  const before = text.slice(0, at).split('\n')
  return {
    place: { line: before.length, column: (before.at(-1) as string).length + 1 },
    sentence: 'there is a NUL character here.',
  }
}
