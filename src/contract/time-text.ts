/** Times and durations as a person reads them, in the local time of this machine. */

import { elapsed } from './time.ts'

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** How long something took: `0.4 s`, `42 s`, `4 min`, `1 h 12 min`, `2 d 3 h`. */
export function duration(ms: number): string {
  if (ms < 9950) return `${(Math.max(0, ms) / second).toFixed(1)} s`
  if (ms < 2 * minute) return `${Math.round(ms / second)} s`
  if (ms < hour) return `${Math.floor(ms / minute)} min`
  if (ms < day) return joined(ms, hour, 'h', minute, 'min')
  return joined(ms, day, 'd', hour, 'h')
}

/** A set number of seconds, exactly: `90 s`, `10 min`, `2 h`. */
export function span(seconds: number): string {
  if (seconds % 3600 === 0) return `${seconds / 3600} h`
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`
}

/** `now`, `6 min ago`, `in 2 h`. */
export function relative(at: string, now = Date.now()): string {
  const ms = Date.parse(at) - now
  if (ms > -2 * second && ms <= 0) return 'now'
  const amount = rough(Math.max(second, Math.abs(ms)))
  return ms > 0 ? `in ${amount}` : `${amount} ago`
}

/** The time of day here, with the date unless it is less than a day away: `05:00`, `3 Dec 05:00`, `3 Dec 2027 05:00`. */
export function clock(at: string, now = Date.now()): string {
  const date = new Date(at)
  const time = `${two(date.getHours())}:${two(date.getMinutes())}`
  if (Math.abs(date.getTime() - now) < day) return time
  const isThisYear = date.getFullYear() === new Date(now).getFullYear()
  return `${dayOf(date)} ${isThisYear ? '' : `${date.getFullYear()} `}${time}`
}

/** When something is due: `in 5 s` when that is soon, else `at 02:00`. */
export function soonOrClock(at: string, now = Date.now()): string {
  const ms = Math.max(0, Date.parse(at) - now)
  return ms < minute ? `in ${duration(ms)}` : `at ${clock(at, now)}`
}

/** The same to the second. */
export function clockExact(at: string, now = Date.now()): string {
  return `${clock(at, now)}:${two(new Date(at).getSeconds())}`
}

/** How long a task has run, or ran; undefined when it has not begun. */
export function runTime(
  task: { claimed_at: string | null; started_at: string | null; finished_at: string | null },
  now = Date.now(),
): number | undefined {
  const began = task.started_at ?? task.claimed_at
  if (began === null) return undefined
  return task.finished_at === null ? now - Date.parse(began) : elapsed(began, task.finished_at)
}

function rough(ms: number): string {
  if (ms < minute) return `${Math.round(ms / second)} s`
  if (ms < hour) return `${Math.round(ms / minute)} min`
  return ms < 2 * day ? `${Math.round(ms / hour)} h` : `${Math.round(ms / day)} d`
}

function joined(ms: number, large: number, largeName: string, small: number, smallName: string): string {
  const rest = Math.floor((ms % large) / small)
  return `${Math.floor(ms / large)} ${largeName}${rest === 0 ? '' : ` ${rest} ${smallName}`}`
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const dayOf = (date: Date) => `${date.getDate()} ${months[date.getMonth()]}`
const two = (number: number) => String(number).padStart(2, '0')
