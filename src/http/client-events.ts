import { setTimeout as delay } from 'node:timers/promises'
import type { Api } from '../contract/api.ts'
import { conflict, SparkqError } from '../contract/errors.ts'
import type { Event } from '../contract/events.ts'
import { type Message, readMessages } from '../contract/sse.ts'
import { errorFrom, isPassing, type Retry, unreachable } from './exchange.ts'
import type { Transport } from './transport.ts'

/** Three heartbeats of the server: silent for longer, it is gone. */
const silenceMs = 45_000
const firstPauseMs = 50
const longestPauseMs = 2_000

type Connected = { messages: AsyncGenerator<Message>; seq: number }
type Failed = { failure: Error }

/** The event stream as an iterable that outlives its connections. */
export function createWatcher(
  transport: Transport,
  { retry, closing }: { retry: Retry; closing: AbortSignal },
) {
  const starting = new Set<Promise<unknown>>()

  const watch: Api['watchEvents'] = ({ after, signal }) => {
    const ending = new AbortController()
    const end = (): void => {
      ending.abort()
      signal.removeEventListener('abort', end)
      closing.removeEventListener('abort', end)
    }
    signal.addEventListener('abort', end)
    closing.addEventListener('abort', end)
    if (signal.aborted || closing.aborted) end()
    const first = start(transport, after, { retry, signal: ending.signal })
    // A failure is for whoever reads.
    const settled = first.catch(() => {}).finally(() => starting.delete(settled))
    if (after === undefined) starting.add(settled)
    const events = read(transport, first, ending.signal, end)
    return {
      [Symbol.asyncIterator]: () => ({
        next: () => events.next(),
        return: () => {
          end()
          return events.return(undefined)
        },
      }),
    }
  }

  return {
    watch,
    /** Resolves when every watch that has begun knows where it starts. */
    settled: async () => {
      if (starting.size > 0) await Promise.all(starting)
    },
  }
}

async function* read(
  transport: Transport,
  first: Promise<Connected | undefined>,
  signal: AbortSignal,
  end: () => void,
): AsyncGenerator<Event, undefined> {
  try {
    let connected = await first
    while (connected && !signal.aborted) {
      let { seq } = connected
      try {
        for await (const { event, data } of connected.messages) {
          if (event === 'reset') throw lost(seq)
          if (event === 'hello') continue
          const told = JSON.parse(data) as Event
          seq = told.seq
          yield told
          if (signal.aborted) return
        }
      } catch (error) {
        if (error instanceof SparkqError) throw error
      }
      connected = await reconnect(transport, seq, signal)
    }
  } finally {
    end()
  }
}

/** The first connection: a server that is not there is reported, after the tries that any call gets. */
async function start(
  transport: Transport,
  after: number | undefined,
  { retry, signal }: { retry: Retry; signal: AbortSignal },
): Promise<Connected | undefined> {
  for (let tries = 0; !signal.aborted; tries++) {
    const outcome = await connect(transport, after, signal)
    if (!('failure' in outcome)) return outcome
    const pause = retry.pausesMs[tries]
    if (signal.aborted) break
    if (pause === undefined || !isPassing(outcome.failure)) throw unreachable(transport, outcome)
    await delay(pause, undefined, { signal }).catch(() => {})
  }
  return undefined
}

/** After a connection broke: until there is one again, or nobody waits for it any more. */
async function reconnect(
  transport: Transport,
  seq: number,
  signal: AbortSignal,
): Promise<Connected | undefined> {
  for (let pause = firstPauseMs; !signal.aborted; pause = Math.min(pause * 2, longestPauseMs)) {
    await delay(pause, undefined, { signal }).catch(() => {})
    if (signal.aborted) break
    const outcome = await connect(transport, seq, signal)
    if (!('failure' in outcome)) return outcome
  }
  return undefined
}

/** @throws SparkqError when the server refuses */
async function connect(
  transport: Transport,
  after: number | undefined,
  signal: AbortSignal,
): Promise<Connected | Failed> {
  const headers: Record<string, string> = { Accept: 'text/event-stream' }
  if (after !== undefined) headers['Last-Event-ID'] = String(after)
  const opened = await transport.open({
    method: 'GET',
    path: '/api/events',
    headers,
    fresh: true,
    silenceMs,
    signal,
  })
  if ('failure' in opened) return opened
  const { res } = opened
  try {
    if (res.statusCode !== 200) {
      const chunks: Buffer[] = []
      for await (const chunk of res) chunks.push(chunk)
      const status = res.statusCode ?? 0
      const error = errorFrom(transport, { status, headers: res.headers, body: Buffer.concat(chunks) })
      if (status >= 500) return { failure: error }
      throw error
    }
    const messages = readMessages(res)
    for (;;) {
      const { value, done } = await messages.next()
      if (done) return { failure: new Error('it broke the connection off') }
      if (value.event === 'reset') throw lost(after)
      if (value.event === 'hello') return { messages, seq: Number(value.id) }
    }
  } catch (failure) {
    res.destroy()
    if (failure instanceof SparkqError) throw failure
    return { failure: failure as Error }
  }
}

function lost(after: number | undefined): SparkqError {
  return conflict(
    `The server no longer knows what happened after event ${after ?? 0}: its database is another one, or was purged.`,
    'sparkq status',
  )
}
