import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refused } from '../support/refused.ts'
import type { Harness } from './harness.ts'

export function sessions({ open }: Harness): void {
  test('a new session is active and empty', async t => {
    const { api, clock } = await open(t)
    const { session } = await api.createSession({ name: 'May', instructions: 'Ship it.' })
    assert.deepEqual(session, {
      id: session.id,
      name: 'May',
      instructions: 'Ship it.',
      status: 'active',
      queue_count: 0,
      created_at: clock.stamp(),
      updated_at: clock.stamp(),
      ended_at: null,
    })
    assert.match(session.id, /^ses_/)
    assert.deepEqual((await api.getSession({ id: session.id })).session, session)
    assert.deepEqual((await api.getSession({ id: 'may' })).session, session)
  })

  test('a session’s name and instructions can be changed, each alone', async t => {
    const { api } = await open(t)
    await api.createSession({ name: 'May', instructions: 'Ship it.' })
    const { session } = await api.updateSession({ id: 'May', name: 'June' })
    assert.deepEqual([session.name, session.instructions], ['June', 'Ship it.'])
    assert.equal((await api.updateSession({ id: 'June', instructions: null })).session.instructions, null)
    await refused(api.getSession({ id: 'May' }), 'not_found')
  })

  test('ending a session ends its lanes and cancels what is queued in them', async t => {
    const { api, lane, add, clock } = await open(t)
    const one = await lane('one')
    const two = await lane('two', { session_id: 'one', status: 'planned' })
    const three = await lane('three', { session_id: 'one' })
    const other = await lane('other')
    await api.endQueue({ id: 'three' })
    for (const queue of [one, two, other]) await add(queue)
    const { session } = await api.endSession({ id: 'one' })
    assert.deepEqual([session.status, session.ended_at], ['ended', clock.stamp()])
    for (const { id } of [one, two, three]) assert.equal((await api.getQueue({ id })).queue.status, 'ended')
    assert.equal((await api.getQueue({ id: other.id })).queue.status, 'active')
    for (const id of ['ONE-1', 'TWO-1']) {
      const { task } = await api.getTask({ id })
      assert.deepEqual([task.status, task.error_type], ['failed', 'cancelled'])
    }
    assert.equal((await api.getTask({ id: 'OTHER-1' })).task.status, 'queued')
  })

  test('ending twice is a conflict, and an ended session takes no lane', async t => {
    const { api, lane } = await open(t)
    await lane('one')
    await api.endSession({ id: 'one' })
    await refused(api.endSession({ id: 'one' }), 'conflict', /ended already/)
    await refused(lane('two', { session_id: 'one' }), 'conflict', /"one" is ended/)
  })

  test('an archived lane of an ended session comes back ended, with nothing queued', async t => {
    const { api, lane, add, clock } = await open(t)
    const queue = await lane('one')
    await add(queue)
    await api.archiveQueue({ id: 'one' })
    await api.endSession({ id: 'one' })
    assert.equal((await api.getQueue({ id: 'one' })).queue.status, 'archived')
    assert.equal((await api.getTask({ id: 'ONE-1' })).task.status, 'failed')
    const { queue: back } = await api.unarchiveQueue({ id: 'one' })
    assert.deepEqual([back.status, back.ended_at], ['ended', clock.stamp()])
    await refused(add(queue), 'conflict', /is ended/)
  })

  test('a lane that was ended before it was archived is not ended once more with its session', async t => {
    const { api, lane, clock } = await open(t)
    const queue = await lane('one')
    const ended_at = clock.stamp()
    await api.endQueue({ id: 'one' })
    await api.archiveQueue({ id: 'one' })
    clock.advance(60)
    await api.endSession({ id: 'one' })
    assert.equal((await api.getQueue({ id: 'one' })).queue.ended_at, ended_at)
    const { events } = await api.listEvents({ queue_id: queue.id, event: 'queue.ended' })
    assert.equal(events.length, 1)
  })

  test('a session with a running task is neither ended nor deleted, unless told to cancel it', async t => {
    const { api, lane, running, add } = await open(t)
    const queue = await lane('one')
    await running(queue)
    await add(queue)
    await refused(api.endSession({ id: 'one' }), 'conflict', /ONE-1 is still running/)
    await refused(api.deleteSession({ id: 'one' }), 'conflict', /ONE-1 is still running/)
    assert.equal((await api.getQueue({ id: 'one' })).queue.status, 'active')
    await api.endSession({ id: 'one', cancel_running: true })
    assert.equal((await api.getTask({ id: 'ONE-1' })).task.error_type, 'cancelled')
  })

  test('deleting a session deletes its lanes and tasks, archived ones too', async t => {
    const { api, lane, running } = await open(t)
    const queue = await lane('one')
    await lane('two', { session_id: 'one' })
    await api.archiveQueue({ id: 'two' })
    const { id } = await running(queue)
    await api.deleteSession({ id: 'one', cancel_running: true })
    await refused(api.getSession({ id: 'one' }), 'not_found')
    for (const name of ['one', 'two']) await refused(api.getQueue({ id: name }), 'not_found')
    await refused(api.getTask({ id }), 'not_found')
    await lane('one')
  })

  test('a session counts its lanes that are not archived', async t => {
    const { api, lane } = await open(t)
    await lane('one')
    await lane('two', { session_id: 'one' })
    await api.archiveQueue({ id: 'two' })
    assert.equal((await api.getSession({ id: 'one' })).session.queue_count, 1)
    assert.equal((await api.listSessions()).sessions[0]?.queue_count, 1)
  })
}
