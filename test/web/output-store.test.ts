import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pageBytes } from '../../web/output/byte-pages.ts'
import { LineStore } from '../../web/output/line-store.ts'
import { Search } from '../../web/output/search.ts'

const bytesOf = (text: string) => new TextEncoder().encode(text)

/** A stream as a server has it, with a hole where one is named. */
function streamOf(bytes: Uint8Array, hole = { from: 0, to: 0 }) {
  let reads = 0
  const read = async (offset: number, limit: number) => {
    reads += 1
    const start = offset >= hole.from && offset < hole.to ? hole.to : offset
    const stop = start < hole.from ? Math.min(hole.from, start + limit) : start + limit
    const part = bytes.subarray(start, stop)
    return { bytes: part, offset: start, next_offset: start + part.length }
  }
  return { read, reads: () => reads }
}

const nothing = async (offset: number) => ({ bytes: new Uint8Array(), offset, next_offset: offset })
const emptyStore = () => new LineStore(() => nothing)
const textsOf = (store: LineStore) => Array.from({ length: store.size }, (_, at) => store.text(at))

test('lines of both streams stand where they were begun, in whatever pieces they come', () => {
  const store = emptyStore()
  const smile = bytesOf('a🙂b\n')
  store.take('stdout', 0, smile.subarray(0, 3), 1)
  store.take('stderr', 0, bytesOf('oh\n'), 2)
  store.take('stdout', 3, smile.subarray(3), 3)
  store.take('stdout', smile.length, bytesOf('\nlast'), 4)
  assert.deepEqual(textsOf(store), ['a🙂b', 'oh', '', 'last'])
  assert.deepEqual(
    [0, 1, 2, 3].map(at => [store.get(at).stream, store.get(at).at]),
    [
      ['stdout', 1],
      ['stderr', 2],
      ['stdout', 4],
      ['stdout', 4],
    ],
  )
})

test('a colour goes on in the next lines of its stream until it ends', () => {
  const store = emptyStore()
  store.take('stdout', 0, bytesOf('\x1b[31mred\nstill\n\x1b[1mbold\x1b[0m\nplain\n'), 0)
  store.take('stderr', 0, bytesOf('other\n'), 0)
  const classes = [0, 1, 2, 3, 4].map(at =>
    store
      .shown(at)
      ?.spans.map(span => span.classes)
      .join(),
  )
  assert.deepEqual(classes, ['fore-red', 'fore-red', 'fore-red bold', '', ''])
})

test('of a line with carriage returns the last part is left', () => {
  const store = emptyStore()
  store.take('stdout', 0, bytesOf(`${'10 %\r'.repeat(50_000)}100 %\r\nnext\r\n`), 0)
  assert.equal(store.shown(0)?.spans[0]?.text, '100 %')
  assert.equal(store.text(1), 'next')
})

test('of a very long line the beginning is shown, all of it is searched and copied', async () => {
  const store = emptyStore()
  const long = `${'x'.repeat(1_000_000)}needle`
  store.take('stdout', 0, bytesOf(`${long}\nshort\n`), 0)
  const shown = store.shown(0)
  assert.equal(shown?.cut, true)
  assert.equal(shown?.spans[0]?.text.length, 10_000)
  assert.equal(store.text(0), long)
  const search = new Search('NEEDLE', store, () => {})
  await search.go()
  assert.deepEqual(search.found, [0])
})

test('what was not kept is said in its place, once', () => {
  const store = emptyStore()
  store.take('stdout', 0, bytesOf('one\nhalf'), 0)
  store.take('stdout', 5_000, bytesOf('rest\ntwo\n'), 0)
  assert.deepEqual(textsOf(store), ['one', 'half', '', 'rest', 'two'])
  const hole = store.shown(2)
  assert.deepEqual([hole?.isHole, hole?.length], [true, 5_000 - 8])
})

test('what is no longer in memory is read again, and what is gone by then is said to be', async () => {
  const line = `${'y'.repeat(99)}\n`
  const bytes = bytesOf(line.repeat(700_000))
  const hole = { from: 0, to: 0 }
  const stream = streamOf(bytes, hole)
  const store = new LineStore(() => stream.read)
  for (let at = 0; at < bytes.length; at += 1 << 20) {
    store.take('stdout', at, bytes.subarray(at, at + (1 << 20)), 0)
  }
  assert.equal(store.size, 700_000)
  assert.equal(store.shown(0), undefined)
  await store.fetch(0)
  assert.equal(store.text(0), 'y'.repeat(99))
  assert.equal(store.text(699_999), 'y'.repeat(99))
  Object.assign(hole, { from: 8 * pageBytes, to: 9 * pageBytes })
  const inHole = Math.ceil((8 * pageBytes) / 100) + 5
  await store.fetch(inHole)
  assert.equal(store.shown(inHole)?.isHole, true)
  assert.ok(stream.reads() < 10)
})

test('a search finds later lines, too, and a line that has grown', async () => {
  const store = emptyStore()
  store.take('stdout', 0, bytesOf('an egg\nno\nEg'), 0)
  let told = 0
  const search = new Search('egg', store, () => {
    told += 1
  })
  await search.go()
  assert.deepEqual(search.found, [0])
  const open = store.openLine('stdout') as number
  store.take('stdout', 12, bytesOf('G!\neggs\n'), 0)
  search.again(open)
  await search.go()
  assert.deepEqual(search.found, [0, 2, 3])
  assert.deepEqual([search.placeOf(0), search.placeOf(1), search.placeOf(9)], [0, 1, 3])
  assert.ok(told >= 2)
})
