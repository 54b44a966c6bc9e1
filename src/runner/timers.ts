/** The longest delay that setTimeout keeps; a longer one would fire at once. */
const longestDelay = 2 ** 31 - 1

/** Timers that no change of the clock on the wall moves, all cleared together. */
export function createTimers() {
  const timers = new Set<NodeJS.Timeout>()
  const arm = (dueMs: number, action: () => void): void => {
    const leftMs = dueMs - performance.now()
    const timer = setTimeout(
      () => {
        timers.delete(timer)
        if (performance.now() < dueMs) arm(dueMs, action)
        else action()
      },
      Math.min(Math.max(0, leftMs), longestDelay),
    )
    timers.add(timer)
  }
  return {
    /** Runs `action` in `ms`, at once when that is past; never for null. */
    in(ms: number | null, action: () => void): void {
      if (ms !== null) arm(performance.now() + ms, action)
    },
    clear(): void {
      for (const timer of timers) clearTimeout(timer)
      timers.clear()
    },
  }
}

/** Calls `action` at most once in `ms`, and never forgets the last call. */
export function throttle(action: () => void, ms: number): { call: () => void; stop: () => void } {
  let last = Number.NEGATIVE_INFINITY
  let timer: NodeJS.Timeout | undefined
  const run = (): void => {
    timer = undefined
    last = performance.now()
    action()
  }
  return {
    call: () => {
      timer ??= setTimeout(run, Math.max(0, last + ms - performance.now()))
    },
    stop: () => clearTimeout(timer),
  }
}
