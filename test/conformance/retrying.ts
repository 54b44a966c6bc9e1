import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Ending } from '../../src/contract/attempts.ts'
import type { Harness } from './harness.ts'

const crash = { kind: 'exit', code: 1 } as const
const vanished = { kind: 'vanished', detail: 'no process, no exit' } as const

export function retrying({ open }: Harness): void {
  test('a task is tried once unless it says otherwise', async t => {
    const { api, lane, running } = await open(t)
    const { id } = await running(await lane())
    const { task } = await api.finishAttempt({ id, attempt: 1, ending: crash })
    assert.deepEqual(
      [task.status, task.error_type, task.exit_code, task.attempts],
      ['failed', 'exit_code', 1, 1],
    )
  })

  test('retries wait ever longer, are counted, and end', async t => {
    const { api, lane, running, claim, clock } = await open(t)
    const queue = await lane()
    const { id } = await running(queue, { max_attempts: 4 })
    for (const [attempt, delay] of [
      [1, 10],
      [2, 20],
      [3, 40],
    ] as const) {
      const { task } = await api.finishAttempt({ id, attempt, ending: crash })
      assert.deepEqual(
        [task.status, task.wait_reason, task.not_before, task.attempts, task.attempt],
        ['queued', 'retry', clock.stamp(delay), attempt, attempt],
      )
      clock.advance(delay)
      await claim(queue)
    }
    const { task } = await api.finishAttempt({ id, attempt: 4, ending: crash })
    assert.deepEqual([task.status, task.attempts, task.wait_reason], ['failed', 4, null])
    const { attempts } = await api.listAttempts({ id })
    assert.deepEqual(
      attempts.map(it => [it.outcome, it.charged]),
      [
        ['returned', true],
        ['returned', true],
        ['returned', true],
        ['failed', true],
      ],
    )
  })

  test('a waiting task shows nothing of the attempt that is over', async t => {
    const { api, lane, running } = await open(t)
    const { id } = await running(await lane(), { max_attempts: 2 })
    const { task } = await api.finishAttempt({ id, attempt: 1, ending: crash })
    const {
      worker_id,
      claimed_at,
      started_at,
      finished_at,
      warns_at,
      stops_at,
      error_type,
      exit_code,
      review,
    } = task
    assert.deepEqual(
      { worker_id, claimed_at, started_at, finished_at, warns_at, stops_at, error_type, exit_code, review },
      {
        worker_id: null,
        claimed_at: null,
        started_at: null,
        finished_at: null,
        warns_at: null,
        stops_at: null,
        error_type: null,
        exit_code: null,
        review: null,
      },
    )
  })

  test('a success after a retry shows no failure', async t => {
    const { api, lane, running, claim, clock } = await open(t)
    const queue = await lane()
    const { id } = await running(queue, { max_attempts: 2 })
    await api.finishAttempt({ id, attempt: 1, ending: crash })
    clock.advance(10)
    await claim(queue)
    const { task } = await api.finishAttempt({ id, attempt: 2, ending: { kind: 'exit', code: 0 } })
    assert.deepEqual(
      [task.status, task.error_type, task.error_message, task.exit_code],
      ['succeeded', null, null, 0],
    )
  })

  const never: [string, Ending | 'reported'][] = [
    ['reported', 'reported'],
    ['cancelled', { kind: 'stopped', cause: 'cancelled' }],
    ['invalid_payload', { kind: 'invalid_payload', detail: 'no script' }],
  ]
  for (const [type, ending] of never) {
    test(`${type} is never retried`, async t => {
      const { api, lane, running } = await open(t)
      const { id } = await running(await lane(), { max_attempts: 5 })
      const { task } =
        ending === 'reported'
          ? await api.failTask({ id, error_message: 'No.' })
          : await api.finishAttempt({ id, attempt: 1, ending })
      assert.deepEqual([task.status, task.error_type], ['failed', type])
    })
  }

  const always: [string, Ending][] = [
    ['exit_code', crash],
    ['signal', { kind: 'signal', signal: 'SIGSEGV' }],
    ['timeout', { kind: 'stopped', cause: 'timeout' }],
    ['stalled', { kind: 'stopped', cause: 'stalled' }],
    ['spawn_failed', { kind: 'spawn_failed', detail: 'ENOMEM' }],
  ]
  for (const [type, ending] of always) {
    test(`${type} is retried, and a failure in the end`, async t => {
      const { api, lane, running, claim, clock } = await open(t)
      const queue = await lane()
      const { id } = await running(queue, { max_attempts: 2 })
      assert.equal((await api.finishAttempt({ id, attempt: 1, ending })).task.wait_reason, 'retry')
      clock.advance(10)
      await claim(queue)
      const { task } = await api.finishAttempt({ id, attempt: 2, ending })
      assert.deepEqual([task.status, task.error_type], ['failed', type])
      assert.ok((task.error_message ?? '').length > 5)
    })
  }

  test('on_failure: pause stops the lane at a failure, and says which', async t => {
    const { api, lane, running, add } = await open(t)
    const queue = await lane('auth', { settings: { on_failure: 'pause' } })
    const { id } = await running(queue)
    await add(queue)
    await api.finishAttempt({ id, attempt: 1, ending: crash })
    const paused = (await api.getQueue({ id: 'auth' })).queue
    assert.equal(paused.status, 'idle')
    assert.match(paused.pause_reason ?? '', /AUTH-1 failed/)
    assert.equal(paused.paused_by, 'on_failure')
    const { why } = await api.explainTask({ id: 'AUTH-2' })
    assert.match(why.sentence, / was paused by on_failure at \S+ \(AUTH-1 failed\)\.$/)
    assert.equal((await api.claimTask({ id: 'auth' })).task, null)
    await api.resumeQueue({ id: 'auth' })
    assert.equal((await api.claimTask({ id: 'auth' })).task?.friendly_id, 'AUTH-2')
  })

  test('on_failure: pause lets a retry, a success and a cancel pass', async t => {
    const { api, lane, running, succeeded, claim, clock } = await open(t)
    const queue = await lane('auth', { settings: { on_failure: 'pause' } })
    await succeeded(queue)
    await api.cancelTask({ id: (await running(queue)).id })
    const { id } = await running(queue, { max_attempts: 2 })
    await api.finishAttempt({ id, attempt: 1, ending: crash })
    assert.equal((await api.getQueue({ id: 'auth' })).queue.status, 'active')
    clock.advance(10)
    await claim(queue)
    await api.finishAttempt({ id, attempt: 2, ending: crash })
    assert.equal((await api.getQueue({ id: 'auth' })).queue.status, 'idle')
  })

  test('a script that vanished is failed, and its lane held, whatever attempts are left', async t => {
    const { api, lane, running } = await open(t)
    const { id } = await running(await lane(), { max_attempts: 3 })
    const { task } = await api.finishAttempt({ id, attempt: 1, ending: vanished })
    assert.deepEqual([task.status, task.error_type], ['failed', 'worker_lost'])
    const { queue } = await api.getQueue({ id: 'auth' })
    assert.equal(queue.status, 'idle')
    assert.match(queue.pause_reason ?? '', /AUTH-1 vanished/)
    assert.equal(queue.paused_by, 'on_lost')
  })

  test('on_lost: fail goes on with the lane', async t => {
    const { api, lane, running } = await open(t)
    const { id } = await running(await lane('auth', { settings: { on_lost: 'fail' } }), { max_attempts: 3 })
    const { task } = await api.finishAttempt({ id, attempt: 1, ending: vanished })
    assert.deepEqual([task.status, task.error_type], ['failed', 'worker_lost'])
    assert.equal((await api.getQueue({ id: 'auth' })).queue.status, 'active')
  })

  test('on_lost: retry gives the task back uncharged, three times, and then holds the lane', async t => {
    const { api, lane, running, claim } = await open(t)
    const queue = await lane('auth', { settings: { on_lost: 'retry' } })
    const { id } = await running(queue)
    for (const attempt of [1, 2, 3]) {
      const { task } = await api.finishAttempt({ id, attempt, ending: vanished })
      assert.deepEqual([task.status, task.wait_reason, task.attempts], ['queued', 'worker_lost', 0])
      await claim(queue)
    }
    const ended = await api.finishAttempt({ id, attempt: 4, ending: vanished })
    assert.deepEqual([ended.task.status, ended.task.error_type], ['failed', 'worker_lost'])
    assert.equal((await api.getQueue({ id: 'auth' })).queue.status, 'idle')
  })
}
