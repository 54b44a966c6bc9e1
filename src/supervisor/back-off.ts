/** @property stableMs a runner that lived this long is not counted as dying in a row with the ones before it */
export type BackOff = { firstMs: number; longestMs: number; stableMs: number }

export const usualBackOff: BackOff = { firstMs: 1000, longestMs: 60_000, stableMs: 60_000 }

/** How long after its `deaths`-th death in a row a runner is started again, in ms: twice as long each time. */
export function restartDelay(deaths: number, { firstMs, longestMs }: BackOff): number {
  return Math.min(firstMs * 2 ** (deaths - 1), longestMs)
}
