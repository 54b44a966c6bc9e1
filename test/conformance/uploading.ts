import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refused } from '../support/refused.ts'
import type { Harness } from './harness.ts'

const base64 = (text: string) => Buffer.from(text).toString('base64')

export function uploading({ open }: Harness): void {
  test('what a runner elsewhere sends of its output is there once, however often it is sent', async t => {
    const { api, lane, running } = await open(t)
    const { id } = await running(await lane())
    const send = (offset: number, text: string) =>
      api.appendOutput({ id, attempt: 1, stream: 'stdout', offset, data: base64(text) })
    assert.deepEqual(await send(0, 'hello '), { size: 6 })
    assert.deepEqual(await send(0, 'hello '), { size: 6 })
    assert.deepEqual(await send(0, 'hello world'), { size: 11 })
    assert.deepEqual(await send(11, ''), { size: 11 })
    const { bytes } = await api.readOutput({ id, stream: 'stdout' })
    assert.equal(Buffer.from(bytes).toString(), 'hello world')
  })

  test('bytes that would leave a gap are refused', async t => {
    const { api, lane, running } = await open(t)
    const { id } = await running(await lane())
    const late = api.appendOutput({ id, attempt: 1, stream: 'stderr', offset: 1, data: base64('x') })
    await refused(late, 'conflict', /has 0 bytes, not 1/)
  })

  test('an attempt that is over takes no more output', async t => {
    const { api, lane, running } = await open(t)
    const { id } = await running(await lane())
    await api.completeTask({ id, result_summary: 'done' })
    const late = api.appendOutput({ id, attempt: 1, stream: 'stdout', offset: 0, data: base64('x') })
    await refused(late, 'conflict')
  })

  test('the order of the streams comes along, once', async t => {
    const { api, lane, running, clock } = await open(t)
    const { id } = await running(await lane())
    const marks = [
      { at: clock.stamp(), stream: 'stdout' as const, offset: 2 },
      { at: clock.stamp(1), stream: 'stderr' as const, offset: 3 },
    ]
    for (const _ of [1, 2]) {
      await api.appendOutput({ id, attempt: 1, stream: 'stdout', offset: 0, data: base64('ab'), marks })
    }
    assert.deepEqual((await api.listOutputMarks({ id })).marks, marks)
  })

  test('what was left out elsewhere is left out here, at the same offsets, however often it is said', async t => {
    const { api, lane, running } = await open(t)
    const { id } = await running(await lane())
    const send = (offset: number, text: string, left_out?: { from: number; to: number }) =>
      api.appendOutput({
        ...{ id, attempt: 1, stream: 'stdout', offset, data: base64(text) },
        ...(left_out ? { left_out } : {}),
      })
    const early = send(9, '', { from: 4, to: 9 })
    await refused(early, 'conflict', /has 0 bytes, not 4/)
    await send(0, 'head')
    for (const _ of [1, 2]) assert.deepEqual(await send(9, 'tail', { from: 4, to: 9 }), { size: 13 })
    // It has grown since, over what was sent; and once more, beyond all that is here.
    assert.deepEqual(await send(13, '', { from: 3, to: 11 }), { size: 13 })
    assert.deepEqual(await send(20, 'end', { from: 3, to: 20 }), { size: 23 })
    const { sizes, left_out } = await api.listOutputMarks({ id })
    assert.deepEqual([sizes.stdout, left_out], [23, [{ stream: 'stdout', from: 3, to: 20 }]])
    const head = await api.readOutput({ id, stream: 'stdout' })
    const tail = await api.readOutput({ id, stream: 'stdout', offset: head.next_offset })
    const text = ({ bytes }: typeof head) => Buffer.from(bytes).toString()
    assert.deepEqual([text(head), text(tail), tail.offset], ['hea', 'end', 20])
    await refused(send(23, '', { from: 5, to: 5 }), 'invalid', /left_out\.to/)
  })
}
