import { invalid } from '../contract/errors.ts'
import { timestamp } from '../contract/time.ts'

/** Reads a time as a caller may write it. @throws invalid for one that no calendar has (30 February) */
export function readTime(text: string | null | undefined): string | null {
  if (text === null || text === undefined) return null
  const ms = Date.parse(text)
  const [year, month, day] = text.split(/[-Tt ]/, 3).map(Number) as [number, number, number]
  const daysInMonth = new Date(Date.UTC(year, month, 0)).getUTCDate()
  if (Number.isNaN(ms) || day > daysInMonth) throw invalid(`"${text}" is not a time.`)
  return timestamp(ms)
}
