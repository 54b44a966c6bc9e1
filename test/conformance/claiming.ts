import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refused } from '../support/refused.ts'
import type { Harness } from './harness.ts'

export function claiming({ open }: Harness): void {
  test('a claim says who has the task, since when, and when it warns and stops', async t => {
    const { api, lane, add, clock } = await open(t)
    const queue = await lane('auth', { instructions: 'Mind the tests.' })
    await add(queue, { timeout: 30 })
    clock.advance(5)
    const { task } = await api.claimTask({ id: 'auth', worker_id: 'me' })
    assert.deepEqual(task, {
      ...task,
      status: 'running',
      attempt: 1,
      attempts: 1,
      worker_id: 'me',
      claimed_at: clock.stamp(),
      started_at: clock.stamp(),
      warns_at: clock.stamp(30),
      stops_at: clock.stamp(60),
      queue: { id: queue.id, name: 'auth', instructions: 'Mind the tests.' },
    })
    const { attempts } = await api.listAttempts({ id: 'AUTH-1' })
    assert.deepEqual(
      attempts.map(it => [it.number, it.worker_id, it.outcome, it.claimed_at, it.charged]),
      [[1, 'me', null, clock.stamp(), true]],
    )
  })

  test('of many claims at once, each gets another task', async t => {
    const { api, lane, add } = await open(t)
    const queue = await lane()
    for (let n = 0; n < 10; n++) await add(queue)
    const claims = await Promise.all(Array.from({ length: 15 }, () => api.claimTask({ id: 'auth' })))
    const taken = claims.flatMap(({ task }) => (task ? [task.friendly_id] : []))
    assert.equal(taken.length, 10)
    assert.equal(new Set(taken).size, 10)
  })

  test('a claim repeated with its key is the same claim', async t => {
    const { api, lane, add } = await open(t)
    const queue = await lane()
    await add(queue)
    await add(queue)
    const first = await api.claimTask({ id: 'auth', claim_key: 'k1' })
    const again = await api.claimTask({ id: 'auth', claim_key: 'k1' })
    assert.deepEqual(again, first)
    assert.equal((await api.getQueue({ id: 'auth' })).queue.counts.running, 1)
    const other = await api.claimTask({ id: 'auth', claim_key: 'k2' })
    assert.equal(other.task?.friendly_id, 'AUTH-2')
  })

  test('a key that claimed in another lane, or whose attempt is over, claims no more', async t => {
    const { api, lane, add } = await open(t)
    const [auth, web] = [await lane('auth'), await lane('web')]
    for (const queue of [auth, auth, web]) await add(queue)
    await api.claimTask({ id: 'auth', claim_key: 'k1' })
    await refused(api.claimTask({ id: 'web', claim_key: 'k1' }), 'conflict', /claim key/)
    await api.completeTask({ id: 'AUTH-1', result_summary: 'Done.' })
    await refused(api.claimTask({ id: 'auth', claim_key: 'k1' }), 'conflict', /claim key/)
    assert.equal((await api.getTask({ id: 'AUTH-2' })).task.status, 'queued')
  })

  test('a second attempt has the next number, and the first one is kept', async t => {
    const { api, lane, running, claim, clock } = await open(t)
    const queue = await lane()
    const { id } = await running(queue, { max_attempts: 3 })
    await api.finishAttempt({ id, attempt: 1, ending: { kind: 'exit', code: 7 } })
    clock.advance(10)
    const again = await claim(queue, { worker_id: 'second' })
    assert.deepEqual([again.attempt, again.attempts, again.wait_reason], [2, 2, null])
    await api.completeTask({ id, result_summary: 'Done.' })
    const { attempts } = await api.listAttempts({ id })
    assert.deepEqual(
      attempts.map(it => [it.number, it.outcome, it.exit_code, it.worker_id]),
      [
        [1, 'returned', 7, null],
        [2, 'succeeded', null, 'second'],
      ],
    )
  })

  test('whoever speaks for a stale attempt is refused', async t => {
    const { api, lane, running, claim, clock } = await open(t)
    const queue = await lane()
    const { id } = await running(queue, { max_attempts: 3 })
    await api.finishAttempt({ id, attempt: 1, ending: { kind: 'exit', code: 7 } })
    clock.advance(10)
    await claim(queue)
    const late = /Attempt 1 of AUTH-1 is over; its current one is 2/
    await refused(api.completeTask({ id, attempt: 1, result_summary: 'Late.' }), 'conflict', late)
    await refused(api.failTask({ id, attempt: 1, error_message: 'Late.' }), 'conflict', late)
    await refused(api.finishAttempt({ id, attempt: 1, ending: { kind: 'exit', code: 0 } }), 'conflict', late)
    const process = { pid: 1, start_time: '1', boot_id: 'b', hostname: 'h' }
    await refused(api.startAttempt({ id, attempt: 1, process, command: ['x'], cwd: '/' }), 'conflict', late)
    assert.equal((await api.getTask({ id })).task.status, 'running')
  })

  test('an attempt that never was is not found', async t => {
    const { api, lane, running } = await open(t)
    const { id } = await running(await lane())
    await refused(api.completeTask({ id, attempt: 2, result_summary: 'Early.' }), 'not_found', /no attempt 2/)
    await refused(api.readOutput({ id, attempt: 2, stream: 'stdout' }), 'not_found', /no attempt 2/)
  })

  test('why an attempt is stopped is known before it has ended, and the first cause stays', async t => {
    const { api, lane, running } = await open(t)
    const { id } = await running(await lane())
    assert.equal((await api.stopAttempt({ id, attempt: 1, cause: 'timeout' })).attempt.stop_cause, 'timeout')
    assert.equal(
      (await api.stopAttempt({ id, attempt: 1, cause: 'cancelled' })).attempt.stop_cause,
      'timeout',
    )
    const { task } = await api.cancelTask({ id })
    assert.deepEqual([task.status, task.error_type], ['failed', 'timeout'])
    await refused(api.stopAttempt({ id, attempt: 1, cause: 'stalled' }), 'conflict', /is failed/)
  })

  test('startAttempt says which process runs it, and since when', async t => {
    const { api, lane, running, clock } = await open(t)
    const { id } = await running(await lane())
    clock.advance(3)
    const process = { pid: 4711, start_time: '99', boot_id: 'boot', hostname: 'here' }
    const { attempt } = await api.startAttempt({
      id,
      attempt: 1,
      process,
      command: ['bash', 'x'],
      cwd: '/tmp',
    })
    assert.deepEqual(
      [attempt.process, attempt.command, attempt.cwd, attempt.started_at],
      [process, ['bash', 'x'], '/tmp', clock.stamp()],
    )
    assert.equal((await api.getTask({ id })).task.started_at, clock.stamp())
  })

  test('where a disk has too little room a runner gets nothing, and hears why; a worker outside does', async t => {
    const { api, lane, add } = await open(t, { config: 'limits: {min_free_mb: 1000000000}\n' })
    const queue = await lane()
    const process = { pid: 1, start_time: '1', boot_id: 'b', hostname: 'elsewhere' }
    const { runner } = await api.startRunner({ queue_id: 'auth', mode: 'watch', process })
    const claim = () => api.claimTask({ id: 'auth', runner_id: runner.id, claim_key: 'k' })
    assert.equal((await claim()).none_because, 'empty')
    await add(queue)
    assert.deepEqual(await claim(), { task: null, none_because: 'no_space', retry_at: null })
    assert.equal((await api.getQueue({ id: 'auth' })).queue.status, 'active')
    const { space } = await api.getHealth()
    assert.ok(space && space.free < space.needed && space.needed === 1e9 * 1024 * 1024, JSON.stringify(space))
    assert.equal((await api.claimTask({ id: 'auth' })).task?.friendly_id, 'AUTH-1')
  })

  test('with min_free_mb: 0 nobody asks how much room there is', async t => {
    const { api, lane, add } = await open(t, { config: 'limits: {min_free_mb: 0}\n' })
    await add(await lane())
    const process = { pid: 1, start_time: '1', boot_id: 'b', hostname: 'elsewhere' }
    const { runner } = await api.startRunner({ queue_id: 'auth', mode: 'watch', process })
    const { task } = await api.claimTask({ id: 'auth', runner_id: runner.id, claim_key: 'k' })
    assert.equal(task?.friendly_id, 'AUTH-1')
    assert.equal((await api.getHealth()).space, null)
  })
}
