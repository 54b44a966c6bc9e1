import { timestamp } from '../../src/contract/time.ts'

/** A clock that stands still until it is told. */
export type TestClock = { (): number; advance(seconds: number): void; stamp(seconds?: number): string }

export function testClock(start = '2026-03-01T12:00:00.000Z'): TestClock {
  let now = Date.parse(start)
  return Object.assign(() => now, {
    advance: (seconds: number) => {
      now += seconds * 1000
    },
    /** The time `seconds` from now, as SparkQ writes it. */
    stamp: (seconds = 0) => timestamp(now + seconds * 1000),
  })
}
