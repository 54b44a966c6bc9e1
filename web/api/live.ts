import type { SparkqError } from '../../src/contract/errors.ts'
import type { Event } from '../../src/contract/events.ts'
import { followEvents } from './event-stream.ts'
import { electLeader } from './leadership.ts'
import { createStore } from './store.ts'

/**
 * `connecting`: not known yet. `gone`: the server does not answer, since `at`. `refused`: it does, and does not let us in.
 * `meanwhile`: what happened until the connection was back.
 */
export type Connection =
  | { state: 'connecting' }
  | { state: 'connected'; meanwhile?: Meanwhile | undefined }
  | { state: 'gone'; at: number }
  | { state: 'refused'; sentence: string; hint?: string | undefined }
export type Meanwhile = { queued: number; succeeded: number; failed: number }

export const connection = createStore<Connection>({ state: 'connecting' })

/** What tabs of a browser tell each other. The one that leads tells, the others listen; `ask` is of a new one. */
type Told = { event: Event } | { seq: number; lost: boolean } | { connection: Connection } | 'ask'

type Hears = { onEvent(event: Event): void; onLost(): void }

/** Tells what happens, as it happens: nothing is skipped and nothing comes twice. `onLost`: anything may have happened. */
export function startLive(hears: Hears): void {
  const channel = new BroadcastChannel('sparkq.events')
  let last: number | undefined
  let leads = false

  const take = (told: Told) => {
    if (told === 'ask') return answer()
    if ('connection' in told) return settle(told.connection)
    if ('seq' in told) {
      // What was asked for before the stream began may be older than where it began.
      if (told.lost || last === undefined || told.seq > last) hears.onLost()
      last = told.lost ? told.seq : Math.max(last ?? 0, told.seq)
      return undefined
    }
    // A tab that takes over goes on from what it has seen, which others may have seen more of.
    if (last !== undefined && told.event.seq <= last) return undefined
    last = told.event.seq
    hears.onEvent(told.event)
  }
  const answer = () => {
    if (!leads) return
    tell({ connection: connection.get() })
    if (last !== undefined) tell({ seq: last, lost: false })
  }
  const tell = (told: Told) => channel.postMessage(told)
  const tellAll = (told: Told) => {
    take(told)
    tell(told)
  }
  const settle = (next: Connection) => {
    const before = connection.get().state
    connection.set(next)
    // What was asked for while nobody answered has failed, and was not asked again.
    if (next.state === 'connected' && (before === 'gone' || before === 'refused')) hears.onLost()
  }

  channel.onmessage = ({ data }: MessageEvent<Told>) => take(data)
  tell('ask')
  // Out of the browser's cache of pages: it has heard nothing in there.
  addEventListener('pageshow', ({ persisted }) => {
    if (!persisted) return
    hears.onLost()
    tell('ask')
  })
  electLeader(async signal => {
    leads = true
    const meanwhile = createMeanwhile(told =>
      tellAll({ connection: { state: 'connected', meanwhile: told } }),
    )
    await followEvents(
      {
        after: () => last,
        onOpen: () => {
          const now = connection.get()
          const isNews = now.state === 'gone' && Date.now() - now.at > blipMs
          meanwhile.start(isNews ? now.at : undefined)
          tellAll({ connection: { state: 'connected' } })
        },
        onStart: (seq, reset) => tellAll({ seq, lost: reset }),
        onEvent: event => {
          meanwhile.note(event)
          tellAll({ event })
        },
        onGone: error => tellAll({ connection: lostBy(error) }),
      },
      signal,
    )
    leads = false
  })
}

function lostBy(error: SparkqError): Connection {
  if (error.code === 'forbidden') return { state: 'refused', sentence: error.message, hint: error.hint }
  const before = connection.get()
  return before.state === 'gone' ? before : { state: 'gone', at: Date.now() }
}

/** A connection that is back sooner is nothing to speak of. */
const blipMs = 700
const settleMs = 400
const shownMs = 8000

/** Counts what the stream catches up on after the server was away, and says it once that is through. */
function createMeanwhile(say: (told: Meanwhile | undefined) => void) {
  let since: number | undefined
  let counts: Meanwhile = { queued: 0, succeeded: 0, failed: 0 }
  const counted = {
    'task.enqueued': 'queued',
    'task.succeeded': 'succeeded',
    'task.failed': 'failed',
  } as const
  return {
    start: (goneAt: number | undefined) => {
      since = goneAt
      counts = { queued: 0, succeeded: 0, failed: 0 }
      if (goneAt === undefined) return
      setTimeout(() => {
        since = undefined
        if (connection.get().state !== 'connected') return
        say(counts)
        setTimeout(() => connection.get().state === 'connected' && say(undefined), shownMs)
      }, settleMs)
    },
    note: ({ event }: Event) => {
      const what = counted[event as keyof typeof counted]
      if (since !== undefined && what) counts[what]++
    },
  }
}
