import type { IncomingMessage, RequestListener, Server, ServerOptions, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { invalid } from '../../contract/errors.ts'
import { thisMachine } from './address.ts'
import { answerRefusal, answerSocket, setSecurityHeaders } from './answer.ts'
import { capBody } from './body-cap.ts'
import { tooLarge } from './content.ts'
import { parseHost } from './host.ts'
import { judge, type Rules } from './judge.ts'
import { createPeerOwner } from './peer-owner.ts'
import { type Refusal, refuse } from './refusal.ts'
import { createTally, type RefusalCount } from './tally.ts'
import { readTarget } from './target.ts'

export { problem, type Reason, type Refusal } from './refusal.ts'
export type { RefusalCount } from './tally.ts'

/**
 * @property access       `open`: the network is trusted, and nobody is asked for a token
 * @property allowedHosts more names of this server (a proxy's, a tunnel's), with or without port
 * @property token        the bearer token, read when needed; undefined: there is none, so nobody has it
 * @property port         the port we listen on
 */
export type GuardOptions = {
  access: 'local' | 'open'
  allowedHosts: string[]
  token: () => string | undefined
  port: () => number
  maxBodyBytes: number
  clock?: () => number
  /** Hears of a mistake of ours; the request that met it is refused. */
  onError?: (error: unknown) => void
}

export type Guard = {
  /** undefined: it may come in. A refusal is counted, so ask once. */
  check(request: IncomingMessage): Refusal | undefined
  /** Answers what is refused, sets the security headers on every response, and stops a body that grows too large. */
  wrap(handler: RequestListener): RequestListener
  /** Stands at the server's other doors: upgrades, CONNECT, expectations, and what is no request at all. */
  install(server: Server): void
  /** By reason, today's; all reasons are listed. */
  refusals(): RefusalCount[]
}

/**
 * For `http.createServer`: a request without Host is then refused by us, like all others, and an offer of HTTP/2
 * (Java's client makes one with every first request) is passed over, as HTTP provides, instead of being refused.
 */
export const serverOptions = {
  requireHostHeader: false,
  insecureHTTPParser: false,
  shouldUpgradeCallback: request => request.headers.upgrade?.toLowerCase() !== 'h2c',
} satisfies ServerOptions

export function createGuard(options: GuardOptions): Guard {
  for (const host of options.allowedHosts) {
    if (!parseHost(host.trim())) {
      throw invalid(`server.allowed_hosts: "${host}" is not a host name or address, with or without :port.`)
    }
  }
  const { clock = Date.now } = options
  const tally = createTally(clock)
  const machine = thisMachine()
  const peerOwner = createPeerOwner()
  // Read anew for every request: a reload may change the options.
  const rules = (): Rules => ({ ...options, machine, peerOwner })
  const counted = <T extends Refusal | undefined>(refusal: T): T => {
    if (refusal) tally.count(refusal.reason)
    return refusal
  }
  // What cannot be judged does not come in; a mistake of ours must not end the server either.
  const look = (request: IncomingMessage): Refusal | undefined => {
    try {
      return judge(request, rules())
    } catch (error) {
      options.onError?.(error)
      return refuse('malformed', 'The request could not be judged.')
    }
  }
  const check = (request: IncomingMessage) => counted(look(request))
  const latest = new WeakMap<Duplex, Exchange>()
  const dismissed = new WeakSet<Duplex>()

  const wrap: Guard['wrap'] = handler => (request, response) => {
    latest.set(request.socket, { request, response })
    setSecurityHeaders(response)
    const refusal = check(request)
    if (refusal) {
      answerRefusal(request, response, refusal)
      request.resume()
      return
    }
    capBody(request, options.maxBodyBytes, () =>
      answerRefusal(request, response, counted(tooLarge(options.maxBodyBytes))),
    )
    const target = readTarget(request)
    // One form for all layers behind us.
    if ('path' in target) request.url = target.path + target.query
    handler(request, response)
  }

  const install: Guard['install'] = server => {
    server.on('upgrade', (request, socket) => {
      answerSocket(socket, check(request) ?? counted(noUpgrade))
    })
    server.on('connect', (_request, socket) => answerSocket(socket, counted(noTunnel)))
    // Whoever is refused is not told to go on and send the body.
    server.on('checkContinue', (request, response) => {
      if (!look(request)) response.writeContinue()
      server.emit('request', request, response)
    })
    server.on('checkExpectation', (request, response) => {
      setSecurityHeaders(response)
      answerRefusal(request, response, check(request) ?? counted(noExpectation))
      request.resume()
    })
    server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
      // What still arrives on a connection that was refused is one error after the other.
      if (dismissed.has(socket)) return
      dismissed.add(socket)
      if (isSilence(error, socket)) return void socket.destroy()
      if (!socket.writable || !mayAnswer(latest.get(socket))) return void socket.destroy()
      answerSocket(socket, counted(refusalOf(error)))
    })
  }

  return { check, wrap, install, refusals: tally.counts }
}

type Exchange = { request: IncomingMessage; response: ServerResponse }

// Not into the middle of another answer: it would be read as part of that.
const mayAnswer = (exchange: Exchange | undefined): boolean =>
  !exchange ||
  exchange.response.writableFinished ||
  !(exchange.response.headersSent || exchange.request.complete)

// Browsers open connections in stock; to say something on one would answer what it is about to ask.
const isSilence = ({ code }: NodeJS.ErrnoException, socket: Duplex): boolean =>
  code === 'ERR_HTTP_REQUEST_TIMEOUT' && 'bytesRead' in socket && socket.bytesRead === 0

const noUpgrade = refuse(
  'malformed',
  'Nothing here can be upgraded to: SparkQ speaks HTTP/1.1, and events come by GET /api/events.',
)
const noTunnel = refuse('method', 'SparkQ is not a proxy.')
const noExpectation = refuse('malformed', 'The only expectation that is understood is "100-continue".')

function refusalOf({ code }: NodeJS.ErrnoException): Refusal {
  if (code === 'HPE_HEADER_OVERFLOW' || code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') {
    return refuse('too_large', 'The headers of the request are too large.')
  }
  return code === 'ERR_HTTP_REQUEST_TIMEOUT'
    ? refuse('malformed', 'The request did not arrive in time.')
    : refuse('malformed', 'This is not an HTTP request that can be read.')
}
