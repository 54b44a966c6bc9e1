import { timestamp } from '../../src/contract/time.ts'

/** A clock that stands still until it is told. */
export type TestClock = {
  (): number
  /** Time passes. */
  advance(seconds: number): void
  /** Somebody moves the hands; no time passes. */
  move(seconds: number): void
  /** The time that has passed, in ms. */
  uptime(): number
  stamp(seconds?: number): string
}

export function testClock(start = '2026-03-01T12:00:00.000Z'): TestClock {
  let now = Date.parse(start)
  let passed = 0
  return Object.assign(() => now, {
    advance: (seconds: number) => {
      now += seconds * 1000
      passed += seconds * 1000
    },
    move: (seconds: number) => {
      now += seconds * 1000
    },
    uptime: () => passed,
    /** The time `seconds` from now, as SparkQ writes it. */
    stamp: (seconds = 0) => timestamp(now + seconds * 1000),
  })
}
