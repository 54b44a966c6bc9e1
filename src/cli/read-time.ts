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
  const ms = readDated(text.trim())
  if (ms === undefined) return notTime(text, name)
  if (ms < now.getTime())
    throw invalid(`${name} "${text}" is past.`, { hint: `${name} 02:00 or 2026-01-31T02:00:00Z` })
  return ms
}

/** `--since`: `8h` ago, `22:10` here (the last one), `today` or `yesterday` from midnight, a date and time here, or RFC 3339. */
export function readSince(text: string | undefined, now = new Date()): string | undefined {
  if (text === undefined) return undefined
  const ms = pastOf(text.trim(), now)
  if (ms !== undefined && ms <= now.getTime()) return timestamp(ms)
  const problem = ms === undefined ? 'is not a time' : 'is still to come'
  throw invalid(`--since "${text}" ${problem}.`, {
    hint: '--since 8h, 2d, 22:10, yesterday or 2026-01-31T22:00:00Z',
  })
}

function pastOf(text: string, now: Date): number | undefined {
  const midnight = (days: number) =>
    new Date(now.getFullYear(), now.getMonth(), now.getDate() + days).getTime()
  if (text === 'today') return midnight(0)
  if (text === 'yesterday') return midnight(-1)
  const time = /^(\d{1,2}):(\d\d)(?::(\d\d))?$/.exec(text)
  if (time) {
    const [hours, minutes, seconds] = [Number(time[1]), Number(time[2]), Number(time[3] ?? 0)]
    const next = nextClock(hours, minutes, seconds, now)
    return next === undefined ? undefined : new Date(next).setDate(new Date(next).getDate() - 1)
  }
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return isDay(text) ? Date.parse(`${text}T00:00`) : undefined
  const dated = readDated(text)
  if (dated !== undefined) return dated
  try {
    return now.getTime() - readDuration(text, '--since')
  } catch {
    return undefined
  }
}

/** A day and a time of it, here unless it has an offset. */
function readDated(text: string): number | undefined {
  const dated = /^(\d{4}-\d\d-\d\d)[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:\d\d)?$/.exec(text)
  const isThere = dated !== null && isDay(dated[1] as string)
  const ms = isThere ? Date.parse(text.toUpperCase().replace(' ', 'T')) : Number.NaN
  return Number.isNaN(ms) ? undefined : ms
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
