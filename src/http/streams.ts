import { once } from 'node:events'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { toSparkqError } from './problems.ts'

export type StreamOptions = {
  headers: Record<string, string>
  /** Sent when nothing else was for this long, so that both sides notice a dead connection. */
  heartbeat?: { everyMs: number; text: string }
}

export type Streams = ReturnType<typeof createStreams>

/** Answers that have no end of their own. They end when the client leaves or the server closes. */
export function createStreams(onError: (error: unknown) => void) {
  const open = new Set<AbortController>()
  let closed = false

  /**
   * Sends what `source` yields, no faster than the client reads. A source that returns ends the answer; one that throws
   * breaks it off, so that the client knows that it is not whole.
   */
  const send = async (
    request: FastifyRequest,
    reply: FastifyReply,
    { headers, heartbeat }: StreamOptions,
    source: (signal: AbortSignal) => AsyncIterable<string | Uint8Array>,
  ): Promise<void> => {
    reply.hijack()
    const res = reply.raw
    res.writeHead(200, { ...headers, 'Cache-Control': 'no-store' })
    if (request.method === 'HEAD' || closed) {
      res.end()
      return
    }
    res.flushHeaders()
    const ending = new AbortController()
    open.add(ending)
    const end = () => ending.abort()
    res.once('close', end)
    const beat =
      heartbeat && setInterval(() => res.writableNeedDrain || res.write(heartbeat.text), heartbeat.everyMs)
    try {
      for await (const chunk of source(ending.signal)) {
        if (ending.signal.aborted) break
        if (!res.write(chunk)) await once(res, 'drain', { signal: ending.signal }).catch(() => {})
      }
      if (res.writableNeedDrain) res.destroy()
      else res.end()
    } catch (error) {
      // A task that is deleted while its output is followed ends the answer, but is no bug.
      const { code, cause } = toSparkqError(error)
      if (code === 'internal' && !ending.signal.aborted) onError(cause ?? error)
      res.destroy()
    } finally {
      clearInterval(beat)
      res.off('close', end)
      open.delete(ending)
      ending.abort()
    }
  }

  return {
    send,
    end: () => {
      closed = true
      for (const ending of open) ending.abort()
    },
  }
}
