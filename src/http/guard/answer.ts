import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { methods } from './content.ts'
import { problem, type Refusal } from './refusal.ts'

/** On every response. No header lets another origin read anything (CORS), and none ever shall. */
const securityHeaders = {
  'Content-Security-Policy':
    "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
}

export function setSecurityHeaders(response: ServerResponse): void {
  for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value)
}

/** A connection that was refused is read on for so long: closed with something unread, the answer would be lost. */
const lingerMs = 1000

export function answerRefusal(request: IncomingMessage, response: ServerResponse, refusal: Refusal): void {
  // Too late to say anything, and nothing more may be done.
  if (response.headersSent) return void request.destroy()
  const { headers, body } = answerOf(refusal)
  if (!hasBody(request)) return void response.writeHead(refusal.status, headers).end(body)
  response.writeHead(refusal.status, { ...headers, Connection: 'close' })
  response.flushHeaders()
  response.write(body)
  const close = () => response.end(() => request.destroy())
  const limit = setTimeout(close, lingerMs).unref()
  request.once('end', () => {
    clearTimeout(limit)
    close()
  })
}

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0

/** Where there is no response to write to: what came was no request, or one for something else than an answer. */
export function answerSocket(socket: Duplex, refusal: Refusal): void {
  const { headers, body } = answerOf(refusal)
  const all = { ...securityHeaders, ...headers, Connection: 'close', Date: new Date().toUTCString() }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
  const head = [`HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}`, ...lines, '', ''].join('\r\n')
  socket.on('error', () => socket.destroy())
  socket.once('end', () => socket.destroy())
  setTimeout(() => socket.destroy(), lingerMs).unref()
  socket.end(head + body)
  socket.resume()
}

function answerOf(refusal: Refusal) {
  const body = `${JSON.stringify(problem(refusal))}\n`
  const headers = {
    'Content-Type': 'application/problem+json; charset=utf-8',
    'Cache-Control': 'no-store',
    'Content-Length': String(Buffer.byteLength(body)),
    ...(refusal.reason === 'method' && { Allow: methods.join(', ') }),
  }
  return { headers, body }
}
