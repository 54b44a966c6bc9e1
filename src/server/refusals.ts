import { timestamp } from '../contract/time.ts'
import type { Guard } from '../http/guard/guard.ts'
import { countRefused, type Log } from '../log.ts'

/** A flood of them makes one line per reason in this time; the first one is written at once. */
const everyMs = 60_000

/**
 * Writes down what the guard turned away.
 * @returns `note`, to be called often, and `flush` for the end, which leaves nothing out
 */
export function createRefusalNotes(guard: Pick<Guard, 'refusals'>, log: Log) {
  const noted = new Map<string, { count: number; at: number }>()
  const write = (mayWait: boolean): void => {
    const now = performance.now()
    for (const { reason, count } of guard.refusals()) {
      const before = noted.get(reason) ?? { count: 0, at: Number.NEGATIVE_INFINITY }
      // The guard counts by the day: at midnight it begins anew.
      const fresh = count < before.count ? count : count - before.count
      if (fresh === 0 || (mayWait && now - before.at < everyMs)) continue
      noted.set(reason, { count, at: now })
      log({ type: 'refused', reason, count: fresh })
    }
  }
  return { note: () => write(true), flush: () => write(false) }
}

/** How many requests were turned away today, by every server that ran; up to a minute behind. */
export function countRefusedToday({ logs }: { logs: string }): number {
  return countRefused(logs, timestamp(new Date().setHours(0, 0, 0, 0)))
}
