import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Ending } from '../../src/contract/attempts.ts'
import { self } from '../../src/processes/identity.ts'
import { refused } from '../support/refused.ts'
import type { Harness } from './harness.ts'

export function cancelling({ open }: Harness): void {
  test('a queued task is failed at once, and its lane goes on', async t => {
    const { api, lane, add, clock } = await open(t)
    const queue = await lane()
    const { id } = await add(queue)
    await add(queue)
    const { task } = await api.cancelTask({ id })
    assert.deepEqual(
      [task.status, task.error_type, task.finished_at, task.attempts, task.attempt, task.needs_review],
      ['failed', 'cancelled', clock.stamp(), 0, null, false],
    )
    assert.equal((await api.peekQueue({ id: 'auth' })).task?.friendly_id, 'AUTH-2')
  })

  test('a task that waits for a retry is failed too, and waits no more', async t => {
    const { api, lane, running } = await open(t)
    const { id } = await running(await lane(), { max_attempts: 2 })
    await api.finishAttempt({ id, attempt: 1, ending: { kind: 'exit', code: 1 } })
    const { task } = await api.cancelTask({ id })
    assert.deepEqual([task.status, task.error_type, task.wait_reason], ['failed', 'cancelled', null])
  })

  test('a worker outside loses its task at once, and is told when it comes back', async t => {
    const { api, lane, running } = await open(t)
    const { id } = await running(await lane(), { max_attempts: 5 })
    const { task } = await api.cancelTask({ id })
    assert.deepEqual([task.status, task.error_type], ['failed', 'cancelled'])
    assert.equal((await api.listAttempts({ id })).attempts[0]?.error_type, 'cancelled')
    await refused(api.completeTask({ id, result_summary: 'Done.' }), 'conflict', /is failed/)
  })

  test('a runner that lives is asked; the task runs until the runner says that it has ended', async t => {
    const { api, lane, add, clock } = await open(t)
    await add(await lane())
    const { runner } = await api.startRunner({ queue_id: 'auth', mode: 'run', process: self() })
    const { task } = await api.claimTask({ id: 'auth', runner_id: runner.id })
    const id = task?.id as string
    const asked = await api.cancelTask({ id })
    assert.deepEqual([asked.task.status, asked.task.cancel_requested_at], ['running', clock.stamp()])
    clock.advance(1)
    assert.deepEqual(await api.cancelTask({ id }), asked)
    const ending = { kind: 'stopped', cause: 'cancelled', signal: 'SIGTERM' } as const
    const ended = await api.finishAttempt({ id, attempt: 1, ending })
    assert.deepEqual(
      [ended.task.status, ended.task.error_type, ended.task.signal],
      ['failed', 'cancelled', 'SIGTERM'],
    )
  })

  test('a task that ended well before its runner could stop it has succeeded', async t => {
    const { api, lane, add } = await open(t)
    await add(await lane())
    const { runner } = await api.startRunner({ queue_id: 'auth', mode: 'run', process: self() })
    await api.claimTask({ id: 'auth', runner_id: runner.id })
    await api.cancelTask({ id: 'AUTH-1' })
    const ending = { kind: 'exit', code: 0 } as const
    const { task } = await api.finishAttempt({ id: 'AUTH-1', attempt: 1, ending })
    assert.equal(task.status, 'succeeded')
  })

  const ends: [string, Ending][] = [
    ['ends badly by itself', { kind: 'exit', code: 1 }],
    ['was never started', { kind: 'not_started', detail: 'its runner ended before it could.' }],
    ['vanishes', { kind: 'vanished', detail: 'process 1 is gone.' }],
  ]
  for (const [what, ending] of ends) {
    test(`a task that ${what} after its cancel does not run again`, async t => {
      const { api, lane, add } = await open(t)
      const { id } = await add(await lane('auth', { settings: { on_lost: 'retry' } }), { max_attempts: 5 })
      const { runner } = await api.startRunner({ queue_id: 'auth', mode: 'run', process: self() })
      await api.claimTask({ id: 'auth', runner_id: runner.id })
      await api.cancelTask({ id })
      const said = await api.finishAttempt({ id, attempt: 1, ending })
      assert.equal(said.task.status, 'failed')
      assert.deepEqual(await api.finishAttempt({ id, attempt: 1, ending }), said)
    })
  }

  test('where the runner is dead, the task is failed here', async t => {
    const { api, lane, add } = await open(t)
    await add(await lane())
    const process = { ...self(), start_time: '1' }
    const { runner } = await api.startRunner({ queue_id: 'auth', mode: 'run', process })
    await api.claimTask({ id: 'auth', runner_id: runner.id })
    const { task } = await api.cancelTask({ id: 'AUTH-1' })
    assert.deepEqual([task.status, task.error_type], ['failed', 'cancelled'])
  })

  test('cancelling a finished task is a conflict', async t => {
    const { api, lane, succeeded } = await open(t)
    const { id } = await succeeded(await lane())
    await refused(api.cancelTask({ id }), 'conflict', /AUTH-1 is succeeded/)
    const cancelled = await api.cancelTask({ id: (await api.requeueTask({ id })).task.id })
    await refused(api.cancelTask({ id: cancelled.task.id }), 'conflict', /AUTH-2 is failed/)
  })
}
