import type { SparkqError } from '../../src/contract/errors.ts'
import type { Event } from '../../src/contract/events.ts'
import { readMessages } from '../../src/contract/sse.ts'
import { asSparkqError, request } from './client.ts'

export type Listener = {
  /** seq of the last event seen; undefined: only what happens from now on is wanted. */
  after(): number | undefined
  onOpen(): void
  /** Where the stream starts; `reset`: the log could not go on from where we were. */
  onStart(seq: number, reset: boolean): void
  onEvent(event: Event): void
  onGone(error: SparkqError): void
}

/** The server sends a sign of life every 15 s. */
const silenceMs = 40_000
const pausesMs = [200, 500, 1000, 2000, 3000]

/** Holds the stream until `signal` aborts: a connection that ends is made again, from where it ended. */
export async function followEvents(listener: Listener, signal: AbortSignal): Promise<void> {
  for (let tries = 0; !signal.aborted; tries++) {
    const error = await once(listener, signal, () => {
      tries = 0
    })
    if (signal.aborted) return
    listener.onGone(error)
    await pause(pausesMs[Math.min(tries, pausesMs.length - 1)] as number, signal)
  }
}

async function once(listener: Listener, signal: AbortSignal, opened: () => void): Promise<SparkqError> {
  const silence = new AbortController()
  let timer = setTimeout(() => silence.abort(), silenceMs)
  try {
    const after = listener.after()
    const headers: Record<string, string> = after === undefined ? {} : { 'Last-Event-ID': String(after) }
    const response = await request('/api/events', {
      headers,
      signal: AbortSignal.any([signal, silence.signal]),
    })
    opened()
    listener.onOpen()
    const bytes = heard(response.body as ReadableStream<Uint8Array>, () => {
      clearTimeout(timer)
      timer = setTimeout(() => silence.abort(), silenceMs)
    })
    let reset = false
    for await (const { event, id, data } of readMessages(bytes)) {
      if (event === 'reset') reset = true
      else if (event === 'hello') listener.onStart(Number(id), reset)
      else listener.onEvent(JSON.parse(data))
    }
    return asSparkqError(new Error('The event stream ended.'))
  } catch (error) {
    return asSparkqError(error)
  } finally {
    clearTimeout(timer)
  }
}

async function* heard(stream: ReadableStream<Uint8Array>, onBytes: () => void): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    onBytes()
    yield value
  }
}

/** Ends early when the page is looked at again or the network is back. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const done = () => {
      clearTimeout(timer)
      for (const [target, name] of alarms) target.removeEventListener(name, done)
      resolve()
    }
    const alarms = [
      [window, 'online'],
      [window, 'focus'],
      [signal, 'abort'],
    ] as const
    const timer = setTimeout(done, ms)
    for (const [target, name] of alarms) target.addEventListener(name, done)
  })
}
