import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noUsage } from '../../src/contract/agents.ts'
import { refused } from '../support/refused.ts'
import type { Harness } from './harness.ts'
import { failed } from './reviewing.ts'

export function measuring({ open }: Harness): void {
  test('without a finished task there are no statistics', async t => {
    const { api, lane, add } = await open(t)
    await add(await lane())
    const { total, lanes, tools } = await api.getWorkStats()
    assert.deepEqual([lanes, tools], [[], []])
    assert.deepEqual(total, {
      ...{ succeeded: 0, failed: 0, cancelled: 0, retried: 0, success_rate: null, work_seconds: 0 },
      run_seconds: { median: null, p95: null },
      wait_seconds: { median: null, p95: null },
      usage: noUsage,
    })
  })

  test('statistics say per lane and per tool what became of tasks, how long they waited and ran', async t => {
    const world = await open(t)
    const { api, lane, add, claim, clock } = world
    const [auth, docs] = [await lane('auth'), await lane('docs')]
    for (let seconds = 1; seconds <= 20; seconds++) {
      const { id } = await add(auth)
      clock.advance(seconds * 2)
      await claim(auth)
      clock.advance(seconds)
      await api.completeTask({ id, result_summary: 'Done.' })
    }
    await failed(world, docs, 100)
    const { id } = await add(docs, { tool_name: 'run-python', payload: { code: '1' } })
    await api.cancelTask({ id })

    const { total, lanes, tools } = await api.getWorkStats()
    assert.deepEqual(lanes, [
      {
        queue: { id: auth.id, name: 'auth' },
        ...{ succeeded: 20, failed: 0, cancelled: 0, retried: 0, success_rate: 1, work_seconds: 210 },
        run_seconds: { median: 10, p95: 19 },
        wait_seconds: { median: 20, p95: 38 },
        usage: noUsage,
      },
      {
        queue: { id: docs.id, name: 'docs' },
        ...{ succeeded: 0, failed: 1, cancelled: 1, retried: 0, success_rate: 0, work_seconds: 100 },
        run_seconds: { median: 100, p95: 100 },
        wait_seconds: { median: 0, p95: 0 },
        usage: noUsage,
      },
    ])
    assert.deepEqual(
      tools.map(it => [it.tool_name, it.succeeded, it.failed, it.cancelled, it.success_rate]),
      [
        ['run-bash', 20, 1, 0, 20 / 21],
        ['run-python', 0, 0, 1, null],
      ],
    )
    assert.deepEqual(
      [total.succeeded, total.failed, total.cancelled, total.work_seconds, total.run_seconds],
      [20, 1, 1, 310, { median: 11, p95: 20 }],
    )
  })

  test('a task that was tried again counts once, with the time of all its attempts', async t => {
    const { api, lane, running, claim, clock } = await open(t)
    const queue = await lane()
    const { id } = await running(queue, { max_attempts: 2 })
    clock.advance(30)
    await api.finishAttempt({ id, attempt: 1, ending: { kind: 'exit', code: 1 } })
    clock.advance(10)
    await claim(queue)
    clock.advance(5)
    await api.completeTask({ id, result_summary: 'Done.' })
    const { total } = await api.getWorkStats()
    assert.deepEqual(
      [
        total.succeeded,
        total.retried,
        total.work_seconds,
        total.run_seconds.median,
        total.wait_seconds.median,
      ],
      [1, 1, 35, 5, null],
    )
  })

  test('statistics can be of one lane, of one session, and of what finished since a time', async t => {
    const world = await open(t)
    const { api, lane, clock } = world
    const [auth, docs] = [await lane('auth'), await lane('docs')]
    await failed(world, auth, 1)
    clock.advance(10)
    const since = clock.stamp()
    await failed(world, docs, 1)
    const failedOf = async (input: Parameters<typeof api.getWorkStats>[0]) =>
      (await api.getWorkStats(input)).lanes.map(it => it.queue.name)
    assert.deepEqual(await failedOf({}), ['auth', 'docs'])
    assert.deepEqual(await failedOf({ queue_id: 'auth' }), ['auth'])
    assert.deepEqual(await failedOf({ session_id: 'docs' }), ['docs'])
    assert.deepEqual(await failedOf({ since }), ['docs'])
    await refused(api.getWorkStats({ queue_id: 'x' }), 'not_found')
    await refused(api.getWorkStats({ session_id: 'x' }), 'not_found')
  })
}
