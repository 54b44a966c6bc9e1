import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refused } from '../support/refused.ts'
import type { Harness } from './harness.ts'
import { allEvents } from './history.ts'

export function flagging({ open }: Harness): void {
  test('a task that shows no life is stalled since its last sign of it, until it shows some', async t => {
    const { api, lane, running, clock } = await open(t)
    const { id } = await running(await lane())
    const since = clock.stamp(60)
    clock.advance(100)
    const flag = { id, attempt: 1, stalled: true, idle_seconds: 40 }
    const { task } = await api.flagAttempt(flag)
    assert.deepEqual([task.status, task.stalled_at, task.stale_warned_at], ['running', since, null])
    clock.advance(100)
    assert.equal((await api.flagAttempt(flag)).task.stalled_at, since, 'said again, it changes nothing')
    const revived = await api.flagAttempt({ id, attempt: 1, stalled: false })
    assert.equal(revived.task.stalled_at, null)
    await api.flagAttempt({ id, attempt: 1, stalled: false })
    const events = (await allEvents(api)).filter(it => /stalled|revived/.test(it.event))
    assert.deepEqual(
      events.map(it => [it.event, it.attempt, it.data]),
      [
        ['task.stalled', 1, { since }],
        ['task.revived', 1, { since }],
      ],
    )
  })

  test('a task is marked as stale whatever the clock says, once', async t => {
    const { api, lane, running, clock } = await open(t)
    const { id } = await running(await lane(), { timeout: 3600 })
    const { task } = await api.flagAttempt({ id, attempt: 1, stale: true })
    assert.equal(task.stale_warned_at, clock.stamp())
    clock.advance(10)
    const again = await api.flagAttempt({ id, attempt: 1, stale: true })
    assert.deepEqual([again.task.stale_warned_at, again.task.stalled_at], [clock.stamp(-10), null])
    assert.equal((await allEvents(api)).filter(it => it.event === 'task.stale').length, 1)
  })

  test('a task that has ended, or waits for its next attempt, is not stalled', async t => {
    const { api, lane, running, claim } = await open(t)
    const queue = await lane()
    const first = await running(queue, { max_attempts: 2 })
    const runner = await api.getTask({ id: first.id })
    assert.equal(runner.task.attempt, 1)
    await api.flagAttempt({ id: first.id, attempt: 1, stalled: true })
    const ending = { kind: 'vanished', detail: 'x' } as const
    await api.updateQueue({ id: queue.id, settings: { on_lost: 'retry' } })
    const returned = await api.finishAttempt({ id: first.id, attempt: 1, ending })
    assert.deepEqual([returned.task.status, returned.task.stalled_at], ['queued', null])
    const again = await claim(queue)
    assert.deepEqual([again.id, again.attempt, again.stalled_at], [first.id, 2, null])
    await api.flagAttempt({ id: first.id, attempt: 2, stalled: true })
    const done = await api.completeTask({ id: first.id, result_summary: 'Done.' })
    assert.equal(done.task.stalled_at, null)
  })

  test('only the current attempt of a running task can be marked', async t => {
    const { api, lane, add, running } = await open(t)
    const queue = await lane()
    const { id } = await running(queue)
    await refused(api.flagAttempt({ id, attempt: 2, stalled: true }), 'conflict', /Attempt 2/)
    await api.completeTask({ id, result_summary: 'Done.' })
    await refused(api.flagAttempt({ id, attempt: 1, stalled: true }), 'conflict', /succeeded/)
    const waiting = await add(queue)
    await refused(api.flagAttempt({ id: waiting.id, attempt: 1, stale: true }), 'conflict')
    await refused(api.flagAttempt({ id, attempt: 1, stale: false as never }), 'invalid', /stale/)
  })
}
