/** The longest delay that setTimeout keeps; a longer one would fire at once. */
const longestDelay = 2 ** 31 - 1

/** Timers by the wall clock, all cleared together. */
export function createTimers() {
  const timers = new Set<NodeJS.Timeout>()
  const arm = (dueMs: number, action: () => void): void => {
    const timer = setTimeout(
      () => {
        timers.delete(timer)
        if (Date.now() < dueMs) arm(dueMs, action)
        else action()
      },
      Math.min(Math.max(0, dueMs - Date.now()), longestDelay),
    )
    timers.add(timer)
  }
  return {
    /** Runs `action` at a timestamp, at once when it has passed; never for null. */
    at(time: string | null, action: () => void): void {
      if (time !== null) arm(Date.parse(time), action)
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
