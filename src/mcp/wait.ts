import type { Api, Output } from '../contract/api.ts'
import type { Event } from '../contract/events.ts'

type Claimed = Output<'claimTask'>

export type Waiting = {
  api: Api
  queueId: string
  claim(): Promise<Claimed>
  waitMs: number
  signal: AbortSignal
}

/** What changes is heard of; but where no server runs, nobody else tells that a worker is gone. */
const lookAgainMs = 2000

/**
 * Claims as soon as there is something to take. When the time is over, or the signal aborts, it answers what the last
 * look found. Nothing is claimed once the signal has aborted.
 */
export async function claimWhenReady({ api, queueId, claim, waitMs, signal }: Waiting): Promise<Claimed> {
  const deadline = performance.now() + waitMs
  const listening = new AbortController()
  const bell = createBell(signal)
  // Asked before the first look: what comes between the two is then heard of.
  const after = await lastEvent(api)
  let broken: { error: unknown } | undefined
  let answer: Claimed = { task: null, none_because: null, retry_at: null }
  const heard = (async () => {
    for await (const event of api.watchEvents({ after, signal: listening.signal }))
      if (concerns(event, queueId, answer)) bell.ring()
  })().catch(error => {
    broken = { error }
    bell.ring()
  })
  try {
    for (;;) {
      bell.reset()
      if (broken) throw broken.error
      if (signal.aborted) return answer
      answer = await claim()
      const left = deadline - performance.now()
      if (answer.task !== null || left <= 0) return answer
      const due = answer.retry_at === null ? left : Math.max(0, Date.parse(answer.retry_at) - Date.now())
      const rung = await bell.wait(Math.min(left, due, lookAgainMs))
      if (!rung && !signal.aborted) await api.sweep()
    }
  } finally {
    listening.abort()
    await heard
  }
}

/** Whether another look may find more than the last one did: what frees a place may happen in any lane. */
function concerns(event: Event, queueId: string, last: Claimed): boolean {
  if (event.queue_id === queueId || event.event.startsWith('config.')) return true
  return last.none_because === 'max_running' && event.from_status === 'running'
}

async function lastEvent(api: Api): Promise<number> {
  return (await api.listEvents({ limit: 1 })).events[0]?.seq ?? 0
}

/** A ring between `reset` and `wait` is not lost. */
function createBell(signal: AbortSignal) {
  let rung = false
  let wake = (): void => {}
  return {
    ring(): void {
      rung = true
      wake()
    },
    reset(): void {
      rung = false
    },
    /** @returns whether it rang */
    wait: (ms: number) =>
      new Promise<boolean>(resolve => {
        if (rung || signal.aborted) return resolve(rung)
        const end = (): void => {
          clearTimeout(timer)
          signal.removeEventListener('abort', end)
          resolve(rung)
        }
        const timer = setTimeout(end, ms)
        signal.addEventListener('abort', end)
        wake = end
      }),
  }
}
