import assert from 'node:assert/strict'
import { endianness } from 'node:os'
import { test } from 'node:test'
import { ownersIn } from '../../../src/http/guard/socket-table.ts'

const header =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode'

/** As Linux 5.15 on a little-endian machine wrote them. */
const row = (local: string, remote: string, state: string, uid: number, inode: number) =>
  `   7: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000 ${String(uid).padStart(5)}        0 ${inode} 1 0000000000000000 20 4 30 10 -1`

const us = { address: '127.0.0.1', port: 5005 }
const peer = { address: '127.0.0.1', port: 40_000 }
const theirs = ['0100007F:9C40', '0100007F:138D'] as const
const mapped = ['0000000000000000FFFF00000100007F:9C40', '0000000000000000FFFF00000100007F:138D'] as const
const skip = endianness() === 'LE' ? false : 'the rows are those of a little-endian machine'
const table = (...rows: string[]) => [header, ...rows, ''].join('\n')

test('the peer’s end tells the user, ours does not', { skip }, () => {
  const [local, remote] = theirs
  assert.deepEqual(ownersIn(table(row(remote, local, '01', 0, 12)), peer, us), [])
  assert.deepEqual(
    ownersIn(table(row(remote, local, '01', 0, 12), row(local, remote, '01', 1001, 11)), peer, us),
    [1001],
  )
  assert.deepEqual(ownersIn(table(row(...mapped, '01', 1001, 11)), peer, us), [1001])
})

test('a socket that was closed belongs to nobody, and not to root', { skip }, () => {
  for (const state of ['04', '05', '06', '01']) {
    assert.deepEqual(ownersIn(table(row(...theirs, state, 0, 0)), peer, us), [], state)
  }
})

test('other connections do not count, however alike', { skip }, () => {
  const [local, remote] = theirs
  const others = [
    row('0100007F:9C41', remote, '01', 0, 11),
    row(local, '0100007F:138E', '01', 0, 11),
    row('0200007F:9C40', remote, '01', 0, 11),
    row(local, '00000000:0000', '0A', 0, 11),
    row(mapped[0], '00000000000000000000000001000000:138D', '01', 0, 11),
  ]
  assert.deepEqual(ownersIn(table(...others), peer, us), [])
})

test('an IPv6 address is found as the kernel writes it', { skip }, () => {
  const ends = ['000000FD000000000000000002000000:9C40', '000000FD000000000000000001000000:138D'] as const
  const six = { address: 'fd00::2', port: 40_000 }
  assert.deepEqual(ownersIn(table(row(...ends, '01', 7, 11)), six, { address: 'fd00::1', port: 5005 }), [7])
})

test('what cannot be read tells nothing', () => {
  for (const text of ['', header, 'x', row(...theirs, '01', 0, 11).slice(0, 60)]) {
    assert.deepEqual(ownersIn(text, peer, us), [], text)
  }
})
