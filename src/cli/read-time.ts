import { invalid } from '../contract/errors.ts'
import { timestamp } from '../contract/time.ts'

/** Reads `--in` or `--at` (or whatever they are called); undefined when neither was given. */
export function readMoment(
  given: { in?: string | undefined; at?: string | undefined },
  names = { in: '--in', at: '--at' },
  now = new Date(),
): string | undefined {
  if (given.in !== undefined && given.at !== undefined)
    throw invalid(`Either ${names.in} or ${names.at}, not both.`)
  if (given.in !== undefined) return timestamp(now.getTime() + readDuration(given.in, names.in))
  if (given.at !== undefined) return timestamp(readClock(given.at, names.at, now))
  return undefined
}

const units: Record<string, number> = { s: 1000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 }

/** `90s`, `30m`, `2h`, `1d`, `1h30m`, in milliseconds. */
export function readDuration(text: string, name: string): number {
  const parts = [...text.trim().matchAll(/(\d+(?:\.\d+)?)\s*(min|[smhd])\s*/gy)]
  const whole = parts.map(part => part[0]).join('')
  const ms = parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (units[unit as string] ?? 0), 0)
  if (whole !== '' && whole === text.trim() && ms > 0 && ms < 1e13) return Math.round(ms)
  throw invalid(`${name} "${text}" is not a duration.`, { hint: `${name} 90s, 30m, 2h, 1d or 1h30m` })
}

/** `02:00` here, today or else tomorrow; `2026-01-31 02:00` here; or RFC 3339. */
function readClock(text: string, name: string, now: Date): number {
  const time = /^(\d{1,2}):(\d\d)(?::(\d\d))?$/.exec(text.trim())
  if (time)
    return nextClock(Number(time[1]), Number(time[2]), Number(time[3] ?? 0), now) ?? notTime(text, name)
  const dated = /^(\d{4}-\d\d-\d\d)[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:\d\d)?$/.exec(text.trim())
  const isThere = dated !== null && isDay(dated[1] as string)
  const ms = isThere ? Date.parse(text.trim().toUpperCase().replace(' ', 'T')) : Number.NaN
  if (Number.isNaN(ms)) return notTime(text, name)
  if (ms < now.getTime())
    throw invalid(`${name} "${text}" is past.`, { hint: `${name} 02:00 or 2026-01-31T02:00:00Z` })
  return ms
}

/** Date takes 30 February for 2 March. */
function isDay(day: string): boolean {
  const ms = Date.parse(`${day}T00:00:00Z`)
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(day)
}

function nextClock(hours: number, minutes: number, seconds: number, now: Date): number | undefined {
  if (hours > 23 || minutes > 59 || seconds > 59) return undefined
  const at = (days: number) =>
    new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, hours, minutes, seconds).getTime()
  return at(0) > now.getTime() ? at(0) : at(1)
}

function notTime(text: string, name: string): never {
  throw invalid(`${name} "${text}" is not a time.`, { hint: `${name} 02:00 or 2026-01-31T02:00:00Z` })
}
