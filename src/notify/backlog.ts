import { pause } from '../processes/pause.ts'

export type BacklogOptions<T> = {
  /** How many wait at most. */
  most: number
  /** Never rejects. `signal` aborts when there is no time left. */
  work(item: T, signal: AbortSignal): Promise<void>
  /** What stands for all that found no place, `last` being the last of them. */
  sumUp(count: number, last: T): T
}

export type Backlog<T> = {
  /** Never waits. */
  add(item: T): void
  /** Works on for `patienceMs`, then stops what is left. @returns how many were not begun */
  end(patienceMs: number): Promise<number>
}

/**
 * Work that must not hold up whoever brings it, nor pile up. It is done one after the other, in order; what finds no place
 * is summed up in one item at the end.
 */
export function createBacklog<T>({ most, work, sumUp }: BacklogOptions<T>): Backlog<T> {
  const waiting: T[] = []
  const ending = new AbortController()
  let leftOut: { count: number; last: T } | undefined
  let busy = false
  let onIdle = (): void => {}

  const next = (): void => {
    if (waiting.length === 0 && leftOut) {
      waiting.push(sumUp(leftOut.count, leftOut.last))
      leftOut = undefined
    }
    if (!busy && waiting.length > 0 && !ending.signal.aborted) {
      busy = true
      void work(waiting.shift() as T, ending.signal).finally(() => {
        busy = false
        next()
      })
    }
    if (!busy) onIdle()
  }

  return {
    add: item => {
      if (waiting.length >= most) leftOut = { count: (leftOut?.count ?? 0) + 1, last: item }
      else waiting.push(item)
      next()
    },
    end: async patienceMs => {
      const idle = new Promise<void>(resolve => {
        onIdle = resolve
      })
      next()
      const enough = new AbortController()
      await Promise.race([idle, pause(patienceMs, enough.signal)])
      enough.abort()
      ending.abort()
      await idle
      return waiting.length + (leftOut?.count ?? 0)
    },
  }
}
