import assert from 'node:assert/strict'
import { test } from 'node:test'
import { waitFor } from '../support/wait.ts'
import { openLane } from './support.ts'

test('output is kept byte for byte, each stream for itself', async t => {
  const lane = await openLane(t)
  await lane.bash(String.raw`printf 'a\0b\xff\r\n\xe2\x82'; printf 'err\x1b[31m' >&2`)
  await lane.bash('head -c 3000000 /dev/zero | tr "\\0" x; echo end >&2')
  await lane.work()
  const read = (id: string, stream: 'stdout' | 'stderr', offset = 0) =>
    lane.api.readOutput({ id, stream, offset })
  assert.deepEqual(
    Buffer.from((await read('Q-1', 'stdout')).bytes),
    Buffer.from('a\0b\xff\r\n\xe2\x82', 'latin1'),
  )
  assert.equal(Buffer.from((await read('Q-1', 'stderr')).bytes).toString(), 'err\x1b[31m')

  let size = 0
  for (
    let chunk = await read('Q-2', 'stdout');
    chunk.bytes.length > 0;
    chunk = await read('Q-2', 'stdout', size)
  ) {
    assert.ok(chunk.bytes.every(byte => byte === 0x78))
    size = chunk.next_offset
  }
  assert.equal(size, 3_000_000)
})

test('the marks tell in which order the streams were written', async t => {
  const lane = await openLane(t)
  // Each line is waited for in the marks of the one before: what is seen apart is marked apart.
  await lane.bash(
    'for i in 1 2 3; do echo o$i; until [ -e o$i ]; do sleep 0.01; done; echo e$i >&2; until [ -e e$i ]; do sleep 0.01; done; done',
  )
  const working = lane.work()
  const { writeFiles } = await import('../support/folder.ts')
  for (let i = 1; i <= 3; i++) {
    for (const stream of ['stdout', 'stderr'] as const) {
      await waitFor(`${stream} is marked at ${i * 3}`, async () => {
        const { marks } = await lane.api.listOutputMarks({ id: 'Q-1' })
        return marks.some(it => it.stream === stream && it.offset === i * 3)
      })
      // A stream that grows right after itself may be marked a little later; the other one makes it be marked at once.
      writeFiles(lane.project.root, { [`${stream === 'stdout' ? 'o' : 'e'}${i}`]: '' })
    }
  }
  await working
  const { marks, ended, sizes } = await lane.api.listOutputMarks({ id: 'Q-1' })
  assert.deepEqual(
    marks.map(it => `${it.stream} ${it.offset}`),
    ['stdout 3', 'stderr 3', 'stdout 6', 'stderr 6', 'stdout 9', 'stderr 9'],
  )
  assert.deepEqual(sizes, { stdout: 9, stderr: 9 })
  assert.equal(ended, true)
})

test('output can be read while the task runs', async t => {
  const lane = await openLane(t)
  await lane.bash('echo begun; until [ -e go ]; do sleep 0.01; done; echo done')
  const working = lane.work()
  await waitFor('the first line is there', async () => {
    const { bytes, ended } = await lane.api.readOutput({ id: 'Q-1', stream: 'stdout' })
    return !ended && Buffer.from(bytes).toString() === 'begun\n'
  })
  const { writeFiles } = await import('../support/folder.ts')
  writeFiles(lane.project.root, { go: '' })
  await working
  assert.equal(
    Buffer.from((await lane.api.readOutput({ id: 'Q-1', stream: 'stdout' })).bytes).toString(),
    'begun\ndone\n',
  )
})
