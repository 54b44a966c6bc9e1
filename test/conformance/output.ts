import assert from 'node:assert/strict'
import fs from 'node:fs'
import { test } from 'node:test'
import { recordHole } from '../../src/attempt-files/holes.ts'
import { appendMark } from '../../src/attempt-files/marks.ts'
import { type AttemptFiles, attemptFiles } from '../../src/attempt-files/paths.ts'
import type { Harness, World } from './harness.ts'

/** The files of an attempt, as a runner would make them. */
function filesOf({ logs }: World, id: string, attempt = 1): AttemptFiles {
  const files = attemptFiles(logs, id, attempt)
  fs.mkdirSync(files.folder, { recursive: true })
  return files
}

export function output({ open }: Harness): void {
  test('output is read byte for byte, from any offset, to its end', async t => {
    const world = await open(t)
    const { api } = world
    const { id } = await world.running(await world.lane())
    const files = filesOf(world, id)
    const bytes = Buffer.from([0, 255, 10, 226, 130, 172, 13])
    fs.writeFileSync(files.stdout, bytes)
    const all = await api.readOutput({ id, stream: 'stdout' })
    assert.deepEqual(
      { ...all, bytes: [...all.bytes] },
      { bytes: [...bytes], offset: 0, next_offset: 7, total: 7, ended: false },
    )
    const part = await api.readOutput({ id, stream: 'stdout', offset: 2, limit: 3 })
    assert.deepEqual([[...part.bytes], part.offset, part.next_offset, part.total], [[10, 226, 130], 2, 5, 7])
    const none = await api.readOutput({ id, stream: 'stdout', offset: 7 })
    assert.deepEqual([none.bytes.length, none.next_offset], [0, 7])
    fs.appendFileSync(files.stdout, 'more')
    const more = await api.readOutput({ id, stream: 'stdout', offset: 7 })
    assert.equal(Buffer.from(more.bytes).toString(), 'more')
  })

  test('a task that has not run has no output yet; one that never will has none and is over', async t => {
    const { api, lane, add } = await open(t)
    const { id } = await add(await lane())
    const before = await api.readOutput({ id, stream: 'stderr' })
    assert.deepEqual([before.bytes.length, before.total, before.ended], [0, 0, false])
    await api.cancelTask({ id })
    assert.equal((await api.readOutput({ id, stream: 'stderr' })).ended, true)
    assert.deepEqual(await api.listOutputMarks({ id }), {
      marks: [],
      next_after: 0,
      sizes: { stdout: 0, stderr: 0 },
      left_out: [],
      ended: true,
    })
  })

  test('each attempt has its own output; without a number it is the latest', async t => {
    const world = await open(t)
    const { api, lane, running, claim, clock } = world
    const queue = await lane()
    const { id } = await running(queue, { max_attempts: 2 })
    fs.writeFileSync(filesOf(world, id, 1).stderr, 'first')
    await api.finishAttempt({ id, attempt: 1, ending: { kind: 'exit', code: 1 } })
    clock.advance(10)
    await claim(queue)
    fs.writeFileSync(filesOf(world, id, 2).stderr, 'second')
    const text = async (attempt?: number) => {
      const chunk = await api.readOutput({ id, stream: 'stderr', ...(attempt ? { attempt } : {}) })
      return [Buffer.from(chunk.bytes).toString(), chunk.ended]
    }
    assert.deepEqual(await text(1), ['first', true])
    assert.deepEqual(await text(), ['second', false])
    await api.completeTask({ id, result_summary: 'Done.' })
    assert.deepEqual(await text(), ['second', true])
  })

  test('marks tell which stream grew when, and go on where the last answer ended', async t => {
    const world = await open(t)
    const { api, clock } = world
    const { id } = await world.running(await world.lane())
    const files = filesOf(world, id)
    fs.writeFileSync(files.stdout, 'hello')
    fs.writeFileSync(files.stderr, 'ouch')
    const fd = fs.openSync(files.marks, 'a')
    appendMark(fd, { at: clock(), stream: 'stdout', offset: 3 })
    appendMark(fd, { at: clock() + 5, stream: 'stderr', offset: 4 })
    fs.writeSync(fd, `${clock() + 6} o`)
    const first = await api.listOutputMarks({ id })
    assert.deepEqual(first.marks, [
      { at: clock.stamp(), stream: 'stdout', offset: 3 },
      { at: clock.stamp(0.005), stream: 'stderr', offset: 4 },
    ])
    assert.deepEqual([first.sizes, first.ended], [{ stdout: 5, stderr: 4 }, false])
    fs.writeSync(fd, ' 5\n')
    fs.closeSync(fd)
    const second = await api.listOutputMarks({ id, after: first.next_after })
    assert.deepEqual(second.marks, [{ at: clock.stamp(0.006), stream: 'stdout', offset: 5 }])
    assert.deepEqual((await api.listOutputMarks({ id, after: second.next_after })).marks, [])
  })

  test('one answer carries at most a mebibyte', async t => {
    const world = await open(t)
    const { id } = await world.running(await world.lane())
    fs.writeFileSync(filesOf(world, id).stdout, Buffer.alloc(1_048_577, 'x'))
    const chunk = await world.api.readOutput({ id, stream: 'stdout' })
    assert.deepEqual([chunk.next_offset, chunk.total], [1_048_576, 1_048_577])
  })

  test('what was left out is never read: not from inside, not across, and it says where it goes on', async t => {
    const world = await open(t)
    const { api } = world
    const { id } = await world.running(await world.lane())
    const files = filesOf(world, id)
    fs.writeFileSync(files.stdout, `${'h'.repeat(4096)}${'\0'.repeat(8192)}${'t'.repeat(10)}`)
    recordHole(files, 'stdout', { from: 4096, to: 12_288 })
    const read = async (offset: number, limit?: number) => {
      const chunk = await api.readOutput({ id, stream: 'stdout', offset, ...(limit ? { limit } : {}) })
      return [Buffer.from(chunk.bytes).toString(), chunk.offset, chunk.next_offset, chunk.total]
    }
    assert.deepEqual(await read(0), ['h'.repeat(4096), 0, 4096, 12_298])
    assert.deepEqual(await read(4090), ['h'.repeat(6), 4090, 4096, 12_298])
    for (const offset of [4096, 8000, 12_287]) {
      assert.deepEqual(await read(offset), ['t'.repeat(10), 12_288, 12_298, 12_298])
    }
    assert.deepEqual(await read(5000, 3), ['ttt', 12_288, 12_291, 12_298])
    assert.deepEqual(await read(12_290), ['t'.repeat(8), 12_290, 12_298, 12_298])
    assert.deepEqual((await api.listOutputMarks({ id })).left_out, [
      { stream: 'stdout', from: 4096, to: 12_288 },
    ])
  })
}
