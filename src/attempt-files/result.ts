import fs from 'node:fs'
import { stripVTControlCharacters } from 'node:util'
import type { OutputStream } from '../contract/attempts.ts'
import { readStretch } from './holes.ts'
import { type AttemptFiles, sizeOf } from './paths.ts'

/** How much of a stream's end may hold its last line. */
const tailBytes = 8192
const longestLine = 1000
const largestResult = 16 * 1024 * 1024

/**
 * What a run has to show for itself: what it wrote into its result file, and what it said last, in all and on stderr
 * first (for when it failed).
 */
type Result = {
  summary?: string
  data?: unknown
  warnings: string[]
  lastLine: string | undefined
  lastComplaint: string | undefined
}

/**
 * What to say of a run that has ended beside how: its summary is its own, else, when it succeeded, its last line.
 */
export function readReport(files: AttemptFiles, succeeded: boolean) {
  const result = readResult(files)
  const summary = result.summary ?? (succeeded ? result.lastLine : undefined)
  return {
    ...(summary === undefined ? {} : { result_summary: summary }),
    ...(result.data === undefined ? {} : { result_data: result.data }),
    ...(result.lastComplaint === undefined ? {} : { error_detail: result.lastComplaint }),
    warnings: result.warnings,
  }
}

/** Reads the result of a run that has ended. A result file that cannot be understood is a warning, never a failure. */
function readResult(files: AttemptFiles): Result {
  const said = lastLine(files, 'stdout')
  const complained = lastLine(files, 'stderr')
  return { ...readResultFile(files.result), lastLine: said ?? complained, lastComplaint: complained ?? said }
}

function readResultFile(file: string): Pick<Result, 'summary' | 'data' | 'warnings'> {
  const name = '$SPARKQ_RESULT_FILE'
  const warn = (problem: string) => ({ warnings: [`${name} ${problem}; it is left out.`] })
  const size = sizeOf(file)
  if (size === 0) return { warnings: [] }
  if (size > largestResult) return warn(`has ${size} bytes, more than ${largestResult}`)

  let value: unknown
  try {
    value = JSON.parse(fs.readFileSync(file, 'utf8'))
  } catch (error) {
    return warn(`is not JSON (${(error as Error).message})`)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return warn('does not hold an object {"summary", "data"}')
  }
  return readFields(value, name)
}

function readFields(value: object, name: string): Pick<Result, 'summary' | 'data' | 'warnings'> {
  const { summary, data, ...unknown } = value as { summary?: unknown; data?: unknown }
  const warnings = Object.keys(unknown).map(key => `${name} has an unknown field "${key}"; it is left out.`)
  const usable = typeof summary === 'string' && summary.trim() !== ''
  if (summary !== undefined && !usable)
    warnings.push(`The summary in ${name} is not a text with words in it; it is left out.`)
  return { ...(usable ? { summary } : {}), ...(data === undefined ? {} : { data }), warnings }
}

/** The last line of a stream that has anything to show: without colours, and of a progress bar its last state. */
export function lastLine(files: AttemptFiles, stream: OutputStream): string | undefined {
  const size = sizeOf(files[stream])
  if (size === 0) return undefined
  const tail = readStretch(files, stream, Math.max(0, size - tailBytes)).bytes.toString('utf8')
  const lines = stripVTControlCharacters(tail)
    .replace(/[^\P{Cc}\r\n\t]/gu, '')
    .split(/[\r\n]+/)
  return lines
    .findLast(line => line.trim() !== '')
    ?.trim()
    .slice(0, longestLine)
}
