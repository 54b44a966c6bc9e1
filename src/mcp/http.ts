import { randomUUID } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { createMcpHandler } from '@modelcontextprotocol/server'
import { createServer, type Setting, workerId } from './server.ts'

const sessionHeader = 'mcp-session-id'

/**
 * MCP over HTTP (Streamable HTTP): each request has a server of its own, over the same Api, so that nothing is lost with
 * a connection or a restart. `close` has what waits answer at once, and ends what has no end of its own.
 */
export function createMcpDoor(setting: Omit<Setting, 'stopping' | 'link'>) {
  const stopping = new AbortController()
  const calls = trackCalls()
  const handler = createMcpHandler(() =>
    createServer({ ...setting, use: calls.wrap(setting.use), link: calls.link, stopping: stopping.signal }),
  )
  return {
    fetch: async (request: Request, { parsedBody }: { parsedBody?: unknown }): Promise<Response> => {
      calls.hear(request, parsedBody)
      const options = parsedBody === undefined ? {} : { parsedBody }
      return beginSession(parsedBody, await handler.fetch(request, options))
    },
    close: async () => {
      stopping.abort()
      await calls.ended()
      // What they answered is on its way by then.
      await setImmediate()
      await handler.close()
    },
  }
}

type Message = { method?: unknown; params?: Record<string, unknown> }

/**
 * Before revision 2026-07-28, a call is cancelled by another request, and the name of the caller is said once. A session
 * id, which clients repeat, is all that ties them together: it says who it is, and nothing is kept for it.
 */
function beginSession(body: unknown, answer: Response): Response {
  const { method, params } = (body ?? {}) as Message
  if (method !== 'initialize' || !answer.ok) return answer
  const { name } = (params?.clientInfo ?? {}) as { name?: unknown }
  const headers = new Headers(answer.headers)
  headers.set(sessionHeader, workerId(typeof name === 'string' ? name : undefined, randomUUID()))
  return new Response(answer.body, { status: answer.status, headers })
}

function sessionOf(request: Request | undefined): string | undefined {
  const id = request?.headers.get(sessionHeader) ?? ''
  return /^[\w.-]{1,200}$/.test(id) ? id : undefined
}

/** The calls that are not answered yet. */
function trackCalls() {
  const cancellable = new Map<string, AbortController>()
  const running = new Set<object>()
  let onIdle = (): void => {}
  const keyOf = (session: string, id: unknown): string => JSON.stringify([session, id])

  const link: Setting['link'] = ({ http, mcpReq }) => {
    const session = sessionOf(http?.req)
    if (session === undefined) return {}
    const key = keyOf(session, mcpReq.id)
    const cancelling = new AbortController()
    cancellable.set(key, cancelling)
    return {
      ...{ worker: session, conversation: session, signal: cancelling.signal },
      done: () => cancellable.delete(key),
    }
  }

  const wrap =
    (use: Setting['use']): Setting['use'] =>
    async action => {
      const call = {}
      running.add(call)
      try {
        return await use(action)
      } finally {
        running.delete(call)
        if (running.size === 0) onIdle()
      }
    }

  return {
    link,
    wrap,
    /** A message that cancels a call which came with another request. */
    hear(request: Request, body: unknown): void {
      const { method, params } = (body ?? {}) as Message
      const session = sessionOf(request)
      if (method !== 'notifications/cancelled' || session === undefined) return
      cancellable.get(keyOf(session, params?.requestId))?.abort()
    },
    ended: () =>
      new Promise<void>(resolve => {
        onIdle = resolve
        if (running.size === 0) resolve()
      }),
  }
}
