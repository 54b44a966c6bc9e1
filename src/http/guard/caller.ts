import type { IncomingMessage } from 'node:http'
import { canonicalAddress, type Machine } from './address.ts'
import type { PeerOwner } from './peer-owner.ts'
import { type Refusal, refuse } from './refusal.ts'
import { isPage } from './target.ts'
import { isToken } from './token.ts'

export type Callers = {
  machine: Machine
  peerOwner: PeerOwner
  token: () => string | undefined
}

/** The person and their own programs on this machine need nothing; everyone else the token. */
export function checkCaller(request: IncomingMessage, path: string, callers: Callers): Refusal | undefined {
  const stranger = strangerOf(request, callers)
  if (stranger === undefined || isPageRequest(request, path)) return undefined
  const token = callers.token()
  const given = bearerOf(request)
  if (token !== undefined && given !== undefined && isToken(given, token)) return undefined
  return token === undefined
    ? refuse('token', `${stranger} must bring a token, and none has been made yet.`, 'sparkq setup')
    : refuse('token', `${stranger} must bring the token: ${howTo(given)}`, 'sparkq status --token')
}

const howTo = (given: string | undefined): string =>
  given === undefined
    ? 'send it as "Authorization: Bearer TOKEN".'
    : 'the one that was sent is not the one of this server.'

// A browser cannot send the token with an address that is opened, only with what the page then asks for.
const isPageRequest = ({ method }: IncomingMessage, path: string): boolean =>
  (method === 'GET' || method === 'HEAD') && isPage(path)

/** Who is asking, if it is not the person on this machine. */
function strangerOf(request: IncomingMessage, { machine, peerOwner }: Callers): string | undefined {
  const header = Object.keys(request.headers).find(isProxyHeader)
  if (header !== undefined) return `What comes through a proxy or tunnel (it sent ${header})`
  const { socket } = request
  const address = canonicalAddress(socket.remoteAddress ?? '')
  if (address === undefined || !machine.holds(address)) return `Another machine (${address ?? 'unknown'})`
  // Elsewhere nothing says whose connection it is.
  if (process.platform !== 'linux') return undefined
  const owner = peerOwner(socket)
  if (owner === 'unknown') return 'A caller whose user cannot be told'
  return owner === 0 || owner === process.geteuid?.()
    ? undefined
    : `Another user of this machine (uid ${owner})`
}

/** Whatever is sent only by what stands between a caller and us: then the address is not the caller's. */
const isProxyHeader = (name: string): boolean => proxyHeaders.has(name) || /^(x-forwarded|cf)(-|$)/.test(name)

const proxyHeaders = new Set([
  'forwarded',
  'via',
  'cdn-loop',
  'true-client-ip',
  'x-client-ip',
  'x-cluster-client-ip',
  'x-envoy-external-address',
  'x-original-forwarded-for',
  'x-real-ip',
])

const bearerOf = ({ headers }: IncomingMessage): string | undefined =>
  /^bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1]
