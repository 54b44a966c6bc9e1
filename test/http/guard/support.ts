import assert from 'node:assert/strict'
import http from 'node:http'
import net, { type AddressInfo } from 'node:net'
import { createGuard, type Guard, type GuardOptions, serverOptions } from '../../../src/http/guard/guard.ts'
import type { Cleaner } from '../../support/folder.ts'

export const token = 'the-token-of-the-tests'

export type Guarded = {
  port: number
  guard: Guard
  server: http.Server
  /** What came in: method and path of each request that reached the handler. */
  entered: string[]
  /** Bodies that the handler received to their end. */
  bodies: string[]
}

type Options = Partial<GuardOptions> & { host?: string; server?: http.ServerOptions }

/** A real server with the guard in front, whose handler reads the body and answers 200. */
export async function startGuarded(t: Cleaner, { host, server, ...options }: Options = {}): Promise<Guarded> {
  const entered: string[] = []
  const bodies: string[] = []
  const own = http.createServer({ ...serverOptions, connectionsCheckingInterval: 50, ...server })
  const guard = createGuard({
    access: 'local',
    allowedHosts: [],
    token: () => token,
    port: () => (own.address() as AddressInfo).port,
    maxBodyBytes: 1000,
    ...options,
  })
  guard.install(own)
  own.on(
    'request',
    guard.wrap((request, response) => {
      entered.push(`${request.method} ${request.url}`)
      let body = ''
      request.setEncoding('latin1').on('data', chunk => {
        body += chunk
      })
      request.on('end', () => {
        bodies.push(body)
        response.end('in')
      })
    }),
  )
  await new Promise<void>((resolve, reject) => {
    own.once('error', reject)
    own.listen(0, host ?? '127.0.0.1', resolve)
  })
  t.after(async () => {
    own.closeAllConnections()
    await new Promise(resolve => own.close(resolve))
  })
  return { port: (own.address() as AddressInfo).port, guard, server: own, entered, bodies }
}

export type Answer = {
  status: number
  headers: Record<string, string>
  body: string
}

export type Line = {
  /** Sends bytes as they are, one per character, and waits for one answer; null: the connection was closed instead. */
  ask(bytes: string): Promise<Answer | null>
  write(bytes: string): void
  /** The connection is over. */
  closed: Promise<void>
  close(): void
}

// For a server that hangs, not for one that is slow.
const limitMs = 10_000

/** A connection that may send anything. */
export async function dial(port: number, host = '127.0.0.1'): Promise<Line> {
  const socket = net.connect(port, host)
  let received = ''
  let ended = false
  let notice = () => {}
  const closed = new Promise<void>(resolve => {
    socket.once('close', () => {
      ended = true
      notice()
      resolve()
    })
  })
  socket.on('error', () => {})
  socket.on('data', chunk => {
    received += chunk.toString('latin1')
    notice()
  })
  await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  const write = (bytes: string) => void socket.write(bytes, 'latin1')
  const ask = (bytes: string) =>
    new Promise<Answer | null>((resolve, reject) => {
      const limit = setTimeout(() => reject(new Error(`no answer to ${JSON.stringify(bytes)}`)), limitMs)
      const isHead = bytes.startsWith('HEAD ')
      notice = () => {
        const parsed = parse(received, isHead)
        if (!parsed && !ended) return
        clearTimeout(limit)
        if (parsed) received = received.slice(parsed.length)
        resolve(parsed?.answer ?? null)
      }
      if (bytes !== '') write(bytes)
      // It may have come already, after an earlier answer.
      notice()
    })
  return { ask, write, closed, close: () => socket.destroy() }
}

function parse(text: string, isHead: boolean): { answer: Answer; length: number } | undefined {
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const [first = '', ...lines] = text.slice(0, end).split('\r\n')
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const at = line.indexOf(':')
    headers[line.slice(0, at).toLowerCase()] = line.slice(at + 1).trim()
  }
  const status = Number(first.split(' ')[1])
  const size = isHead || status < 200 ? 0 : Number(headers['content-length'] ?? 0)
  const length = end + 4 + size
  if (text.length < length) return undefined
  return { answer: { status, headers, body: text.slice(end + 4, length) }, length }
}

/** One request on a connection of its own. */
export async function send(port: number, bytes: string, host?: string): Promise<Answer | null> {
  const line = await dial(port, host)
  try {
    return await line.ask(bytes)
  } finally {
    line.close()
  }
}

/** A request as bytes; undefined headers are left out. */
export function request(first: string, headers: Record<string, string | undefined>, body = ''): string {
  const lines = Object.entries(headers)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${value}`)
  return [`${first} HTTP/1.1`, ...lines, '', body].join('\r\n')
}

/** Every answer has these, whoever gets it. */
export function assertSafeHeaders({ headers }: Answer, about: string): void {
  assert.equal(
    headers['content-security-policy'],
    "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    about,
  )
  assert.equal(headers['x-content-type-options'], 'nosniff', about)
  assert.equal(headers['cross-origin-resource-policy'], 'same-origin', about)
  assert.equal(headers['cross-origin-opener-policy'], 'same-origin', about)
  assert.equal(headers['referrer-policy'], 'no-referrer', about)
  const cors = Object.keys(headers).filter(name => name.startsWith('access-control-'))
  assert.deepEqual(cors, [], about)
}

/** A refusal as the page wants it: this status, a problem document that repeats it, the headers of every answer. */
export function assertRefused(
  answer: Answer | null,
  status: number,
  about: string,
): asserts answer is Answer {
  assert.ok(answer, `closed without an answer: ${about}`)
  assert.equal(answer.status, status, `${about}: ${answer.body}`)
  assertSafeHeaders(answer, about)
  assert.match(answer.headers['content-type'] ?? '', /^application\/problem\+json/, about)
  if (answer.body === '') return
  const { type, title, status: repeated, detail, code } = JSON.parse(answer.body)
  assert.equal(repeated, status, about)
  for (const text of [type, title, detail, code]) assert.ok(typeof text === 'string' && text !== '', about)
}
