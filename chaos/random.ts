import { mulberry } from '../test/support/random.ts'

/** Decisions that are the same for the same seed. */
export type Random = {
  /** From 0 to `below` - 1. */
  whole(below: number): number
  chance(share: number): boolean
  among<T>(list: readonly T[]): T
  /** One of the keys, as often as its number says. */
  weighted<K extends string>(weights: Record<K, number>): K
}

export function randomFrom(seed: number): Random {
  const next = mulberry(seed)
  const whole = (below: number) => Math.floor(next() * below)
  return {
    whole,
    chance: share => next() < share,
    among: list => list[whole(list.length)] as never,
    weighted: weights => {
      const entries = Object.entries(weights) as [never, number][]
      let left = next() * entries.reduce((sum, [, weight]) => sum + weight, 0)
      for (const [key, weight] of entries) {
        left -= weight
        if (left < 0) return key
      }
      return entries[0]?.[0] as never
    },
  }
}
