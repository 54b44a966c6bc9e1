import { isIPv4, isIPv6 } from 'node:net'
import { networkInterfaces } from 'node:os'

/**
 * An address in the one spelling that can be compared: IPv6 shortened and in lower case, an IPv4 address mapped into
 * IPv6 as plain IPv4, a zone (`%eth0`) kept. undefined: it is none.
 */
export function canonicalAddress(text: string): string | undefined {
  if (isIPv4(text)) return text
  if (!isIPv6(text)) return undefined
  const [address, zone] = text.split('%') as [string, string?]
  const short = new URL(`http://[${address}]`).hostname.slice(1, -1)
  const mapped = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(short)
  if (mapped)
    return dotted(Number.parseInt(mapped[1] as string, 16), Number.parseInt(mapped[2] as string, 16))
  return zone === undefined ? short : `${short}%${zone}`
}

const dotted = (high: number, low: number) => [high >> 8, high & 255, low >> 8, low & 255].join('.')

/** Of a canonical address. */
export const isLoopback = (address: string): boolean =>
  address === '::1' || (isIPv4(address) && address.startsWith('127.'))

export type Machine = {
  /** This canonical address is loopback or belongs to one of our interfaces; of a peer, so link-local ones with zone. */
  holds(address: string): boolean
  /** The same for an address in a URL, which cannot have a zone. */
  holdsUnzoned(address: string): boolean
}

/** Addresses come and go (a laptop changes its network): they are asked for anew, but not for every request. */
export function thisMachine(maxAgeMs = 2000): Machine {
  let zoned = new Set<string>()
  let unzoned = new Set<string>()
  let readAt = Number.NEGATIVE_INFINITY
  const refresh = () => {
    if (performance.now() - readAt < maxAgeMs) return
    readAt = performance.now()
    zoned = new Set(interfaceAddresses())
    unzoned = new Set([...zoned].map(withoutZone))
  }
  return {
    holds: address => {
      if (isLoopback(address)) return true
      refresh()
      return zoned.has(address)
    },
    holdsUnzoned: address => {
      if (isLoopback(address)) return true
      refresh()
      return unzoned.has(address)
    },
  }
}

export const withoutZone = (address: string): string => address.replace(/%.*$/, '')

// fe80::1 may be ours on one network and the router's on another: the zone belongs to a link-local address.
function interfaceAddresses(): string[] {
  return Object.entries(interfaces()).flatMap(([name, infos]) =>
    (infos ?? []).flatMap(info => {
      const address = canonicalAddress(withoutZone(info.address))
      if (address === undefined) return []
      return [/^fe[89ab]/.test(address) ? `${address}%${name}` : address]
    }),
  )
}

// Some sandboxes do not let us ask.
function interfaces(): ReturnType<typeof networkInterfaces> {
  try {
    return networkInterfaces()
  } catch {
    return {}
  }
}
