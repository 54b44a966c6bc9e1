import { readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { canonicalAddress } from './address.ts'
import { ownersIn } from './socket-table.ts'

/** Tells which user of this machine holds the other end of a connection. `unknown`: nobody says so, or no more. */
export type PeerOwner = (socket: Socket) => number | 'unknown'

/** Linux only. Looked up once per connection, whose two ends stay what they are; what is not known is asked again. */
export function createPeerOwner(): PeerOwner {
  const known = new WeakMap<Socket, number>()
  return socket => {
    const before = known.get(socket)
    if (before !== undefined) return before
    const owner = lookUp(socket)
    if (owner !== 'unknown') known.set(socket, owner)
    return owner
  }
}

// The kernel hands the table over in pieces, and may leave out a row while its neighbours go.
const tries = 3

function lookUp({ remoteAddress, remotePort, localAddress, localPort }: Socket): number | 'unknown' {
  const peer = canonicalAddress(remoteAddress ?? '')
  const us = canonicalAddress(localAddress ?? '')
  if (!peer || !us || remotePort === undefined || localPort === undefined) return 'unknown'
  const peerEnd = { address: peer, port: remotePort }
  const ourEnd = { address: us, port: localPort }
  for (let i = 0; i < tries; i++) {
    const owners = new Set(
      ['tcp', 'tcp6'].flatMap(name => ownersIn(read(`/proc/net/${name}`), peerEnd, ourEnd)),
    )
    if (owners.size > 0) return owners.size === 1 ? ([...owners][0] as number) : 'unknown'
  }
  return 'unknown'
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}
