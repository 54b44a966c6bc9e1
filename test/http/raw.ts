import http from 'node:http'
import net from 'node:net'
import type { Problem } from '../../src/http/problems.ts'
import type { Cleaner } from '../support/folder.ts'
import { waitFor } from '../support/wait.ts'

export type RawAnswer = { status: number; headers: http.IncomingHttpHeaders; body: Buffer; json: unknown }

type RawRequest = {
  headers?: Record<string, string>
  body?: string | Buffer
  json?: unknown
  /** Without one, each request has a connection of its own. */
  agent?: http.Agent
}

/** One request as it is given: the path is not normalised, and no header is added that is not named. */
export function send(
  port: number,
  method: string,
  path: string,
  { headers = {}, body, json, agent }: RawRequest = {},
): Promise<RawAnswer> {
  const content = json === undefined ? body : JSON.stringify(json)
  const type: Record<string, string> =
    json !== undefined || (body === undefined && !['GET', 'HEAD', 'OPTIONS'].includes(method))
      ? { 'Content-Type': 'application/json' }
      : {}
  const length =
    content === undefined || 'Transfer-Encoding' in headers
      ? {}
      : { 'Content-Length': Buffer.byteLength(content) }
  return new Promise((resolve, reject) => {
    const req = http.request({
      ...{ host: '127.0.0.1', port, method, path, agent: agent ?? false },
      headers: { ...type, ...length, ...headers },
    })
    req.on('error', reject)
    req.on('response', async res => {
      const chunks: Buffer[] = []
      try {
        for await (const chunk of res) chunks.push(chunk)
      } catch (error) {
        reject(error)
      }
      const bytes = Buffer.concat(chunks)
      resolve({ status: res.statusCode ?? 0, headers: res.headers, body: bytes, json: parse(bytes) })
    })
    req.end(content)
  })
}

export const problemOf = ({ json }: RawAnswer): Problem => json as Problem

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString())
  } catch {
    return undefined
  }
}

export type RawSocket = {
  socket: net.Socket
  /** Everything that came so far, headers included. */
  text(): string
  /** Waits until `part` has come. */
  has(part: string | RegExp): Promise<string>
  closed: Promise<void>
}

/** A connection on which only what is written here is said, as by somebody with a terminal. */
export function connect(t: Cleaner, port: number, said = ''): RawSocket {
  const socket = net.connect(port, '127.0.0.1')
  let text = ''
  socket.setEncoding('utf8').on('data', chunk => {
    text += chunk
  })
  const closed = new Promise<void>(resolve => socket.once('close', () => resolve()))
  socket.on('error', () => {})
  socket.write(said)
  t.after(() => {
    socket.destroy()
  })
  const has = (part: string | RegExp) =>
    waitFor(`${part} arrives after:\n${text}`, () =>
      (typeof part === 'string' ? text.includes(part) : part.test(text)) ? text : undefined,
    )
  return { socket, text: () => text, has, closed }
}

export const getText = (path: string, port: number, headers: Record<string, string> = {}): string =>
  [
    `GET ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    '',
    '',
  ].join('\r\n')
