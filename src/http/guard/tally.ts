import { timestamp } from '../../contract/time.ts'
import { type Reason, reasons } from './refusal.ts'

/**
 * @property count   refusals today, as this machine's clock has it
 * @property last_at the latest ever since the start; null: there was none
 */
export type RefusalCount = { reason: Reason; count: number; last_at: string | null }

export type Tally = { count(reason: Reason): void; counts(): RefusalCount[] }

export function createTally(clock: () => number): Tally {
  const seen = new Map<Reason, { day: string; count: number; at: number }>()
  return {
    count: reason => {
      const at = clock()
      const day = dayOf(at)
      const before = seen.get(reason)
      seen.set(reason, { day, count: before?.day === day ? before.count + 1 : 1, at })
    },
    counts: () => {
      const today = dayOf(clock())
      return reasons.map(reason => {
        const row = seen.get(reason)
        return { reason, count: row?.day === today ? row.count : 0, last_at: row ? timestamp(row.at) : null }
      })
    },
  }
}

const dayOf = (ms: number): string => new Date(ms).toDateString()
