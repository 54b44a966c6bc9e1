import { isIPv4 } from 'node:net'
import { endianness } from 'node:os'
import { withoutZone } from './address.ts'

/** @property address canonical */
export type End = { address: string; port: number }

/**
 * Who holds the peer's end of a connection, by a table of sockets (`/proc/net/tcp`, `tcp6`): none, one, or (which
 * should not be) several users.
 *
 * Columns as in proc(5): number, local, remote, state, queues, timer, retransmits, uid, timeout, inode. A socket that
 * its process closed has inode 0, and then the uid 0 means nobody, not root: whoever sends and closes at once would
 * pass as root.
 */
export function ownersIn(table: string, peer: End, us: End): number[] {
  const ours = spellings(us.address)
  const ends = spellings(peer.address).map(
    (text, i) => ` ${text}:${hex(peer.port)} ${ours[i]}:${hex(us.port)} `,
  )
  return table
    .split('\n')
    .filter(line => ends.some(end => line.includes(end)))
    .map(line => line.trim().split(/\s+/))
    .filter(column => column[9] !== undefined && column[9] !== '0')
    .map(column => Number(column[7]))
}

/** As the kernel prints an address: 32-bit words in the machine's own byte order. IPv4 may be held by an IPv6 socket. */
function spellings(address: string): string[] {
  if (isIPv4(address)) {
    const word = wordOf(address.split('.').map(Number))
    return [word, `${wordOf([0, 0, 0, 0]).repeat(2)}${wordOf([0, 0, 255, 255])}${word}`]
  }
  const bytes = bytesOf(withoutZone(address))
  return [[0, 4, 8, 12].map(at => wordOf(bytes.slice(at, at + 4))).join('')]
}

const wordOf = (bytes: number[]): string =>
  (endianness() === 'LE' ? bytes.toReversed() : bytes)
    .map(byte => byte.toString(16).padStart(2, '0').toUpperCase())
    .join('')

/** Of a canonical IPv6 address. */
function bytesOf(address: string): number[] {
  const [before = [], after = []] = address
    .split('::')
    .map(half => (half === '' ? [] : half.split(':').map(group => Number.parseInt(group, 16))))
  const gap: number[] = Array(8 - before.length - after.length).fill(0)
  return [...before, ...gap, ...after].flatMap(group => [group >> 8, group & 255])
}

const hex = (port: number): string => port.toString(16).padStart(4, '0').toUpperCase()
