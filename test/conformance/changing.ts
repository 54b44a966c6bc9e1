import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refused } from '../support/refused.ts'
import type { Harness, World } from './harness.ts'

export function changing({ open }: Harness): void {
  test('payload, timeout and delay of a queued task can be changed, each alone', async t => {
    const { api, lane, add, clock } = await open(t)
    await add(await lane())
    const id = 'AUTH-1'
    await api.updateTask({ id, payload: { command: 'false' } })
    await api.updateTask({ id, timeout: 5 })
    const { task } = await api.updateTask({ id, not_before: clock.stamp(60) })
    assert.deepEqual(
      [task.payload, task.timeout, task.not_before],
      [{ command: 'false' }, 5, clock.stamp(60)],
    )
    assert.equal((await api.updateTask({ id, not_before: null })).task.not_before, null)
  })

  test('an edit is held to the rules of an enqueue', async t => {
    const { api, lane, add } = await open(t)
    await add(await lane())
    const id = 'AUTH-1'
    await refused(api.updateTask({ id, payload: {} }), 'invalid', /no payload for run-bash/)
    await refused(api.updateTask({ id, payload: { script_path: 'missing.sh' } }), 'invalid', /no script/)
    await refused(api.updateTask({ id, timeout: 0 }), 'invalid')
    await refused(api.updateTask({ id, not_before: '2026-13-01T00:00:00Z' }), 'invalid')
    assert.deepEqual((await api.getTask({ id })).task.payload, { command: 'true' })
  })

  const running = async (world: World) => (await world.running(await world.lane())).id
  const finished = async (world: World) => (await world.succeeded(await world.lane())).id

  for (const [state, make] of Object.entries({ running, finished })) {
    test(`a ${state} task can be neither edited nor moved`, async t => {
      const world = await open(t)
      const id = await make(world)
      await refused(world.api.updateTask({ id, timeout: 5 }), 'conflict', /only a queued task/)
      await refused(world.api.moveTaskFirst({ id }), 'conflict', /only a queued task/)
    })
  }

  test('a queued task that is deleted is gone', async t => {
    const { api, lane, add } = await open(t)
    const queue = await lane()
    const { id } = await add(queue)
    assert.equal((await api.deleteTask({ id })).task.id, id)
    await refused(api.getTask({ id }), 'not_found')
    assert.equal((await api.claimTask({ id: 'auth' })).task, null)
    assert.equal((await api.getQueue({ id: 'auth' })).queue.counts.queued, 0)
  })

  test('a running task cannot be deleted; a finished one can', async t => {
    const world = await open(t)
    const id = await running(world)
    await refused(world.api.deleteTask({ id }), 'conflict', /AUTH-1 is running/)
    await world.api.completeTask({ id, result_summary: 'Done.' })
    await world.api.deleteTask({ id })
    await refused(world.api.getTask({ id }), 'not_found')
  })

  test('a requeue makes a new task of the same kind, and leaves the first one as it was', async t => {
    const { api, lane, succeeded, clock } = await open(t)
    const queue = await lane()
    const first = await succeeded(queue, {
      payload: { command: 'make', env: { A: '1' } },
      timeout: 44,
      max_attempts: 3,
      task_class: 'LLM_LITE',
      idempotency_key: 'nightly',
    })
    clock.advance(100)
    const { task } = await api.requeueTask({ id: first.id })
    assert.deepEqual(
      [task.status, task.requeued_from, task.friendly_id, task.payload, task.timeout, task.max_attempts],
      ['queued', first.id, 'AUTH-2', first.payload, 44, 3],
    )
    assert.deepEqual(
      [task.task_class, task.tool_name, task.idempotency_key, task.attempts, task.review, task.created_at],
      ['LLM_LITE', 'run-bash', null, 0, null, clock.stamp()],
    )
    const original = (await api.getTask({ id: first.id })).task
    assert.deepEqual(original, {
      ...first,
      review: 'requeued',
      reviewed_at: clock.stamp(),
      updated_at: clock.stamp(),
    })
  })

  test('a requeue may change the copy', async t => {
    const { api, lane, succeeded, clock } = await open(t)
    const { id } = await succeeded(await lane())
    const not_before = clock.stamp(60)
    const { task } = await api.requeueTask({ id, payload: { command: 'false' }, timeout: 9, not_before })
    assert.deepEqual([task.payload, task.timeout, task.not_before], [{ command: 'false' }, 9, not_before])
    await refused(api.requeueTask({ id, payload: { nonsense: 1 } }), 'invalid', /no payload for run-bash/)
  })

  test('only a finished task can be requeued, and only into a lane that takes tasks', async t => {
    const { api, lane, add, succeeded } = await open(t)
    const queue = await lane()
    const done = await succeeded(queue)
    const { id } = await add(queue)
    await refused(api.requeueTask({ id }), 'conflict', /only a finished task/)
    await api.endQueue({ id: 'auth' })
    await refused(api.requeueTask({ id: done.id }), 'conflict', /"auth" is ended/)
  })

  test('a finished task is accepted or rejected, with a note', async t => {
    const { api, lane, succeeded, clock } = await open(t)
    const { id } = await succeeded(await lane())
    clock.advance(7)
    const { task } = await api.reviewTask({ id, decision: 'accepted', note: 'Nice.' })
    assert.deepEqual(
      [task.review, task.review_note, task.reviewed_at, task.status],
      ['accepted', 'Nice.', clock.stamp(), 'succeeded'],
    )
    const again = await api.reviewTask({ id, decision: 'rejected' })
    assert.deepEqual([again.task.review, again.task.review_note], ['rejected', 'Nice.'])
    assert.equal((await api.reviewTask({ id, decision: 'rejected', note: null })).task.review_note, null)
  })

  test('a decision is taken back, and its note with it', async t => {
    const { api, lane, succeeded } = await open(t)
    const { id } = await succeeded(await lane())
    await api.reviewTask({ id, decision: 'rejected', note: 'No.' })
    const { task } = await api.reviewTask({ id, decision: 'unreviewed' })
    assert.deepEqual([task.review, task.review_note, task.reviewed_at], ['unreviewed', null, null])
  })

  test('only a finished task can be reviewed', async t => {
    const world = await open(t)
    const id = await running(world)
    await refused(world.api.reviewTask({ id, decision: 'accepted' }), 'conflict', /only a finished task/)
  })
}
