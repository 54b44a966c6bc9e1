/** Numbers of one contender, each in milliseconds. */
export type Samples = number[]

export type Contenders = Record<string, () => number | Promise<number>>

/**
 * Measures contenders in turns, so that whatever slows the machine down slows down all of them. Who begins changes from
 * round to round; one round more, the first, is not counted.
 * @param contenders do one measurement and return milliseconds
 */
export async function inTurns<T extends Contenders>(
  rounds: number,
  contenders: T,
): Promise<Record<keyof T, Samples>> {
  const names = Object.keys(contenders)
  const samples = Object.fromEntries(names.map(name => [name, [] as Samples]))
  for (let round = 0; round <= rounds; round++) {
    for (const [turn] of names.entries()) {
      const name = names[(turn + round) % names.length] as string
      const ms = await contenders[name]?.()
      if (round > 0) samples[name]?.push(ms as number)
    }
  }
  return samples as Record<keyof T, Samples>
}

/** Milliseconds that `work` takes, divided by `times`. */
export async function timed(work: () => unknown, times = 1): Promise<number> {
  const start = performance.now()
  await work()
  return (performance.now() - start) / times
}

export const median = (samples: Samples): number => quantile(samples, 0.5)

export function quantile(samples: Samples, share: number): number {
  const sorted = samples.toSorted((a, b) => a - b)
  const place = (sorted.length - 1) * share
  const below = sorted[Math.floor(place)] as number
  const above = sorted[Math.ceil(place)] as number
  return below + (above - below) * (place - Math.floor(place))
}

export const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms))
