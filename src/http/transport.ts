import type http from 'node:http'
import { SparkqError } from '../contract/errors.ts'

// Half the start-up time of `import 'node:http'`, which evaluates what nobody here asks for.
const { Agent, request: requestHttp } = process.getBuiltinModule('node:http')

export type Outgoing = {
  method: string
  path: string
  headers?: Record<string, string>
  body?: string
  /** On a connection of its own: it will be used for long. */
  fresh?: boolean
  /** How long the server may be silent. */
  silenceMs: number
  signal?: AbortSignal
}

/** `reached`: whether the server may have seen the request. */
export type Failure = { failure: NodeJS.ErrnoException; reached: boolean }

/**
 * How long a connection lies idle before it is closed here. Servers keep theirs for longer: what is sent on one that is
 * being closed at the other end is lost, and whether it arrived is not known.
 */
const idleMs = 4_000

export type Transport = {
  /** Address as it is shown to people. */
  shown: string
  open(outgoing: Outgoing): Promise<{ res: http.IncomingMessage } | Failure>
  close(): void
}

/** Sends requests to one server, over connections that are kept. @throws invalid when `url` is not an address */
export function createTransport({ url, token }: { url: string; token?: string | undefined }): Transport {
  const base = parseAddress(url)
  const isSecure = base.protocol === 'https:'
  const { Agent: SecureAgent, request: requestHttps } = isSecure
    ? process.getBuiltinModule('node:https')
    : { Agent, request: requestHttp }
  const agent = new SecureAgent({ keepAlive: true, timeout: idleMs })
  const prefix = base.pathname.replace(/\/+$/, '')
  const where = {
    hostname: base.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: base.port || (isSecure ? 443 : 80),
  }

  const open: Transport['open'] = ({ method, path, headers, body, fresh = false, silenceMs, signal }) =>
    new Promise(resolve => {
      let reached = false
      const authorization = token === undefined ? {} : { Authorization: `Bearer ${token}` }
      const req = requestHttps({
        ...where,
        method,
        path: prefix + path,
        agent: fresh ? false : agent,
        headers: { Accept: 'application/json', ...authorization, ...headers, ...lengthOf(body) },
        timeout: silenceMs,
        ...(signal ? { signal } : {}),
      })
      req.on('socket', socket => {
        if (socket.connecting) socket.once('connect', () => (reached = true))
        else reached = true
      })
      req.on('timeout', () =>
        req.destroy(Object.assign(new Error(`no answer within ${silenceMs / 1000} s`), { code: 'ESILENT' })),
      )
      req.on('response', res => resolve({ res }))
      // Also after the response: without a listener, a connection that breaks would end the process.
      req.on('error', failure => resolve({ failure, reached }))
      req.end(body)
    })

  return { shown: `${base.origin}${prefix}`, open, close: () => agent.destroy() }
}

function lengthOf(body: string | undefined): Record<string, string | number> {
  if (body === undefined) return {}
  return { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }
}

function parseAddress(url: string): URL {
  const address = URL.canParse(url) ? new URL(url) : undefined
  if (address && ['http:', 'https:'].includes(address.protocol)) return address
  throw new SparkqError('invalid', `"${url}" is no address of a server: it looks like http://localhost:5005.`)
}
