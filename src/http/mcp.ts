import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { mcpPath } from './guard/target.ts'

/** Speaks MCP, in the terms of the web: a request, its body as JSON, and the answer, which may be a stream. */
export type McpDoor = {
  fetch(request: Request, options: { parsedBody?: unknown }): Promise<Response>
  close(): Promise<void>
}

/** `POST /mcp`. Whoever speaks it behind that is made when it is first asked for. */
export function addMcp(app: FastifyInstance, open: () => Promise<McpDoor>): { close(): Promise<void> } {
  let door: Promise<McpDoor> | undefined
  app.post(mcpPath, async (request, reply) => {
    door ??= open()
    const { fetch } = await door
    const leaving = new AbortController()
    reply.raw.once('close', () => leaving.abort())
    const { body } = request
    const answer = await fetch(
      asWebRequest(request, leaving.signal),
      body === undefined ? {} : { parsedBody: body },
    )
    return passOn(answer, reply)
  })
  return { close: async () => (await door)?.close() }
}

function asWebRequest({ raw, url }: FastifyRequest, signal: AbortSignal): Request {
  const headers = new Headers()
  for (const [name, value] of Object.entries(raw.headers))
    for (const each of [value ?? []].flat()) headers.append(name, each)
  return new Request(new URL(url, 'http://sparkq.invalid'), { method: 'POST', headers, signal })
}

async function passOn(answer: Response, reply: FastifyReply): Promise<void> {
  reply.hijack()
  const { raw } = reply
  raw.writeHead(answer.status, { ...Object.fromEntries(answer.headers), 'Cache-Control': 'no-store' })
  if (answer.body === null) return void raw.end()
  raw.flushHeaders()
  // A caller that leaves ends its stream: that is its own business.
  await pipeline(Readable.fromWeb(answer.body as never), raw).catch(() => {})
}
