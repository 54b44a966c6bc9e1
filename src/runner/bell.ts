import type { Event } from '../contract/events.ts'

/** Wakes a waiting loop. A ring between `reset` and `wait` is not lost: `wait` then returns at once. */
export function createBell(signal: AbortSignal) {
  let rung = false
  let wake: (() => void) | undefined

  return {
    ring(): void {
      rung = true
      wake?.()
    },
    reset(): void {
      rung = false
    },
    hasRung: (): boolean => rung,
    /** Nothing is waited for any more. */
    isOver: (): boolean => signal.aborted,
    /**
     * Waits for a ring, for the time `at`, for `atMostMs`, or for the signal.
     * @returns whether it rang
     */
    async wait(at: string | null, atMostMs: number): Promise<boolean> {
      const untilMs = at === null ? atMostMs : Math.max(0, Date.parse(at) - Date.now())
      await new Promise<void>(resolve => {
        if (rung || signal.aborted) return resolve()
        const timer = setTimeout(finish, Math.min(untilMs, atMostMs))
        signal.addEventListener('abort', finish)
        wake = finish
        function finish(): void {
          clearTimeout(timer)
          signal.removeEventListener('abort', finish)
          wake = undefined
          resolve()
        }
      })
      return rung
    },
  }
}

export type Bell = ReturnType<typeof createBell>

/**
 * Rings for a place under `limits.max_running` or a work tree that another lane gave back, while this one waits for
 * one. What was heard between the claim and its answer counts.
 */
export function createPlaceBell(bell: Bell) {
  let freed = false
  let listens = false

  return {
    hear(event: Event): void {
      if (event.from_status !== 'running' && !event.event.startsWith('config.')) return
      freed = true
      if (listens) bell.ring()
    },
    reset(): void {
      freed = false
      listens = false
    },
    listen(): void {
      listens = true
      if (freed) bell.ring()
    },
  }
}
