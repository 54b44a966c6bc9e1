import { hostname } from 'node:os'
import { canonicalAddress, type Machine } from './address.ts'

/**
 * @property name    in lower case, without the dot that may end it; of an address its canonical spelling
 * @property port    undefined: none was given, which means that of the scheme
 */
export type Host = { name: string; port: number | undefined; isAddress: boolean }

/** What a `Host` header, an origin or `server.allowed_hosts` may hold. undefined: no such thing. */
export function parseHost(text: string): Host | undefined {
  const match = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::(\d{0,5}))?$/i.exec(text)
  if (!match) return undefined
  const [, inBrackets, bare, digits] = match
  const port = digits ? Number(digits) : undefined
  if (port !== undefined && (port > 65535 || String(port) !== digits)) return undefined
  if (inBrackets !== undefined) {
    const address = inBrackets.includes(':') ? canonicalAddress(inBrackets) : undefined
    return address === undefined ? undefined : { name: address, port, isAddress: true }
  }
  const name = (bare as string).toLowerCase()
  if (canonicalAddress(name)) return { name, port, isAddress: true }
  return isName(name) ? { name: name.replace(/\.$/, ''), port, isAddress: false } : undefined
}

const isName = (name: string): boolean =>
  name.length <= 254 && /^[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?$/.test(name)

/** Whom we answer as. */
export type Names = {
  machine: Machine
  port: () => number
  allowedHosts: string[]
}

/**
 * The one indispensable check: a page whose name was rebound to our address is same-origin with itself, and only the
 * name tells it from ours. So a name counts only if nobody else can own it, or if the person vouched for it.
 */
export function namesUs(host: Host, names: Names): boolean {
  if ((host.port ?? 80) === names.port() && isOwnName(host, names.machine)) return true
  return allowedHosts(names).some(allowed => {
    if (allowed.name !== host.name) return false
    // Without a port it is our own name at our port, or that of a proxy at the port that goes without saying.
    if (allowed.port === undefined) return host.port === undefined || host.port === names.port()
    return allowed.port === host.port || (host.port === undefined && [80, 443].includes(allowed.port))
  })
}

/** Exactly as a browser writes it: `HTTP://LOCALHOST:5005/` is not an origin, and `null` is not ours. */
export function isOurOrigin(origin: string, names: Names): boolean {
  const match = /^(https?):\/\/([^/]+)$/.exec(origin)
  const host = match && parseHost(match[2] as string)
  if (!match || !host) return false
  const scheme = match[1] as 'http' | 'https'
  if (URL.parse(origin)?.origin !== origin) return false
  const port = host.port ?? defaultPort[scheme]
  if (scheme === 'http' && port === names.port() && isOwnName(host, names.machine)) return true
  return allowedHosts(names).some(allowed => {
    if (allowed.name !== host.name) return false
    return allowed.port === undefined
      ? host.port === undefined || port === names.port()
      : allowed.port === port
  })
}

const defaultPort = { http: 80, https: 443 }

function isOwnName({ name, isAddress }: Host, machine: Machine): boolean {
  if (isAddress) return machine.holdsUnzoned(name)
  return name === 'localhost' || name.endsWith('.localhost') || name === ownHostname()
}

const ownHostname = (): string => hostname().toLowerCase().replace(/\.$/, '')

const allowedHosts = ({ allowedHosts }: Names): Host[] =>
  allowedHosts.map(text => parseHost(text.trim())).filter(host => host !== undefined)
