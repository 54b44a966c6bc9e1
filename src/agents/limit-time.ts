import { timestamp } from '../contract/time.ts'

const minute = 60_000
const day = 24 * 60 * minute
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const units: Record<string, number> = { second: 1000, minute, hour: 60 * minute, day }

/**
 * The time that a sentence of Codex names, in the zone of this machine as Codex writes it: `try again at 2:55 PM`, `at Nov
 * 26th, 2026 12:15 AM`, `in 3 hours 5 minutes`. Null where there is none.
 * @param now  milliseconds since 1970; a time of day is the next one after it
 */
export function resetInText(text: string, now: number): string | null {
  const at = inFuture(text, now) ?? onDate(text) ?? atTime(text, now)
  return at === undefined || Number.isNaN(at) ? null : timestamp(at)
}

function onDate(text: string): number | undefined {
  const found =
    /\bat ([A-Z][a-z]{2})[a-z]* (\d{1,2})(?:st|nd|rd|th)?,? (\d{4}),? (\d{1,2}):(\d\d) ?([AP])M/i.exec(text)
  if (!found) return undefined
  const [, month = '', date, year, hour, minutes, half = ''] = found
  const index = months.indexOf(month.toLowerCase())
  if (index < 0) return undefined
  return new Date(Number(year), index, Number(date), hourOf(hour, half), Number(minutes)).getTime()
}

function atTime(text: string, now: number): number | undefined {
  const found = /\bat (\d{1,2}):(\d\d) ?([AP])M/i.exec(text)
  if (!found) return undefined
  const [, hour, minutes, half = ''] = found
  const today = new Date(now)
  const at = (days: number) =>
    new Date(
      today.getFullYear(),
      today.getMonth(),
      today.getDate() + days,
      hourOf(hour, half),
      Number(minutes),
    ).getTime()
  // The minute that it names may have begun already.
  return at(0) > now - minute ? at(0) : at(1)
}

const hourOf = (hour: string | undefined, half: string): number =>
  (Number(hour) % 12) + (half.toLowerCase() === 'p' ? 12 : 0)

function inFuture(text: string, now: number): number | undefined {
  const found = /\bin ((?:\d{1,4} (?:day|hour|minute|second)s?(?:,? (?:and )?)?)+)/i.exec(text)
  if (!found) return undefined
  const parts = [...(found[1] ?? '').matchAll(/(\d+) (day|hour|minute|second)/gi)]
  return parts.reduce(
    (sum, [, amount, unit = '']) => sum + Number(amount) * (units[unit.toLowerCase()] ?? 0),
    now,
  )
}
