import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refused } from '../support/refused.ts'
import type { Harness } from './harness.ts'

export function ending({ open }: Harness): void {
  test('a completed task has succeeded, with summary, data and the time', async t => {
    const { api, lane, running, clock } = await open(t)
    const { id } = await running(await lane())
    clock.advance(4)
    const result_data = { files: ['a', 'b'], nested: { deep: [1, null, true] } }
    const { task } = await api.completeTask({ id, result_summary: '  Fixed it.\n', result_data })
    assert.deepEqual(
      [task.status, task.result_summary, task.result_data, task.finished_at, task.error_type, task.review],
      ['succeeded', 'Fixed it.', result_data, clock.stamp(), null, 'unreviewed'],
    )
    const [attempt] = (await api.listAttempts({ id })).attempts
    assert.deepEqual(
      [attempt?.outcome, attempt?.result_summary, attempt?.result_data, attempt?.finished_at],
      ['succeeded', 'Fixed it.', result_data, clock.stamp()],
    )
  })

  for (const blank of ['', ' ', '\n\t ', '\u00A0']) {
    test(`${JSON.stringify(blank)} is no summary and no reason`, async t => {
      const { api, lane, running } = await open(t)
      const { id } = await running(await lane())
      await refused(api.completeTask({ id, result_summary: blank }), 'invalid')
      await refused(api.failTask({ id, error_message: blank }), 'invalid')
      assert.equal((await api.getTask({ id })).task.status, 'running')
    })
  }

  test('completing twice the same is fine, and changes nothing', async t => {
    const { api, lane, running, clock } = await open(t)
    const { id } = await running(await lane())
    const said = { id, result_summary: 'Done.', result_data: { n: 1 } }
    const first = await api.completeTask(said)
    const before = (await api.listEvents()).events.length
    clock.advance(60)
    assert.deepEqual(await api.completeTask({ ...said, attempt: 1 }), first)
    assert.equal((await api.listEvents()).events.length, before)
  })

  test('completing twice differently is a conflict', async t => {
    const { api, lane, running } = await open(t)
    const { id } = await running(await lane())
    await api.completeTask({ id, result_summary: 'Done.', result_data: 1 })
    await refused(
      api.completeTask({ id, result_summary: 'Otherwise.', result_data: 1 }),
      'conflict',
      /AUTH-1/,
    )
    await refused(api.completeTask({ id, result_summary: 'Done.', result_data: 2 }), 'conflict')
    await refused(api.failTask({ id, error_message: 'Done.' }), 'conflict', /is succeeded/)
    assert.equal((await api.getTask({ id })).task.result_summary, 'Done.')
  })

  test('the same data with its fields in another order is the same', async t => {
    const { api, lane, running } = await open(t)
    const { id } = await running(await lane())
    const first = await api.completeTask({ id, result_summary: 'Done.', result_data: { a: 1, b: 2 } })
    const again = await api.completeTask({ id, result_summary: 'Done.', result_data: { b: 2, a: 1 } })
    assert.deepEqual(again, first)
  })

  test('a failed task says why, in the words of who failed it', async t => {
    const { api, lane, running } = await open(t)
    const { id } = await running(await lane())
    const { task } = await api.failTask({ id, error_message: ' No access. ', error_detail: 'HTTP 403' })
    assert.deepEqual(
      [task.status, task.error_type, task.error_message, task.error_detail, task.result_summary],
      ['failed', 'reported', 'No access.', 'HTTP 403', null],
    )
  })

  test('failing twice the same is fine; otherwise it is a conflict', async t => {
    const { api, lane, running } = await open(t)
    const { id } = await running(await lane())
    const first = await api.failTask({ id, error_message: 'No access.' })
    assert.deepEqual(await api.failTask({ id, error_message: 'No access.' }), first)
    await refused(api.failTask({ id, error_message: 'Another.' }), 'conflict', /is failed/)
    await refused(api.completeTask({ id, result_summary: 'Done.' }), 'conflict', /is failed/)
  })

  test('only a running task can be completed or failed', async t => {
    const { api, lane, add } = await open(t)
    const { id } = await add(await lane())
    await refused(api.completeTask({ id, result_summary: 'Done.' }), 'conflict', /AUTH-1 is queued/)
    await refused(api.failTask({ id, error_message: 'No.' }), 'conflict', /AUTH-1 is queued/)
  })

  test('what a runner executes, nobody else can finish', async t => {
    const { api, lane, add } = await open(t)
    const queue = await lane()
    await add(queue)
    const process = { pid: 1, start_time: '1', boot_id: 'b', hostname: 'far' }
    const { runner } = await api.startRunner({ queue_id: 'auth', mode: 'run', process })
    await api.claimTask({ id: 'auth', runner_id: runner.id, worker_id: runner.worker_id })
    await refused(api.completeTask({ id: 'AUTH-1', result_summary: 'Done.' }), 'conflict', /being executed/)
    await refused(api.failTask({ id: 'AUTH-1', error_message: 'No.' }), 'conflict', /being executed/)
  })

  test('an exit of 0 is a success; without words of its own, the summary says so', async t => {
    const { api, lane, running, clock } = await open(t)
    const queue = await lane()
    const { id } = await running(queue)
    clock.advance(2.5)
    const { task } = await api.finishAttempt({ id, attempt: 1, ending: { kind: 'exit', code: 0 } })
    assert.deepEqual(
      [task.status, task.exit_code, task.result_summary],
      ['succeeded', 0, 'Exited with 0 after 2.5 s.'],
    )
    const second = await running(queue)
    const said = { result_summary: ' Built. ', result_data: { ok: true }, warnings: ['no result file'] }
    const ended = await api.finishAttempt({
      id: second.id,
      attempt: 1,
      ending: { kind: 'exit', code: 0 },
      finished_at: clock.stamp(-1),
      ...said,
    })
    assert.deepEqual(
      [ended.task.result_summary, ended.task.result_data, ended.task.finished_at],
      ['Built.', { ok: true }, clock.stamp(-1)],
    )
    const [attempt] = (await api.listAttempts({ id: second.id })).attempts
    assert.deepEqual(attempt?.warnings, ['no result file'])
  })

  test('an attempt keeps what it took to stop it', async t => {
    const { api, lane, running, clock } = await open(t)
    const { id } = await running(await lane())
    const stop = {
      signals: [{ signal: 'SIGTERM', at: clock.stamp(), processes: 2 }],
      stopped: 2,
      survivors: [{ pid: 12, command: 'sleep 600' }],
    }
    const ending = { kind: 'stopped', cause: 'stalled', code: null, signal: 'SIGTERM' } as const
    const { task } = await api.finishAttempt({ id, attempt: 1, ending, stop, error_detail: 'last words' })
    assert.deepEqual(
      [task.status, task.error_type, task.signal, task.error_detail],
      ['failed', 'stalled', 'SIGTERM', 'last words'],
    )
    assert.deepEqual((await api.listAttempts({ id })).attempts[0]?.stop, stop)
  })

  for (const finished of [true, false]) {
    test(`an ending said twice ${finished ? 'with' : 'without'} its time changes nothing`, async t => {
      const { api, lane, running, clock } = await open(t)
      const { id } = await running(await lane())
      const said = {
        id,
        attempt: 1,
        ending: { kind: 'exit', code: 3 },
        ...(finished ? { finished_at: clock.stamp() } : {}),
      } as const
      const first = await api.finishAttempt(said)
      assert.deepEqual(await api.finishAttempt(said), first)
    })
  }

  test('an attempt that is over cannot end in another way, at the same time neither', async t => {
    const { api, lane, running, clock } = await open(t)
    const { id } = await running(await lane())
    const said = { id, attempt: 1, finished_at: clock.stamp() }
    await api.finishAttempt({ ...said, ending: { kind: 'exit', code: 3 } })
    await refused(api.finishAttempt({ id, attempt: 1, ending: { kind: 'exit', code: 0 } }), 'conflict')
    await refused(api.finishAttempt({ ...said, ending: { kind: 'exit', code: 0 } }), 'conflict')
  })

  const reviews: [string, string, 'succeeded' | 'failed' | 'cancelled', boolean][] = [
    ['a script that succeeded', '', 'succeeded', false],
    ['a script that failed', '', 'failed', true],
    ['a cancelled one', '', 'cancelled', false],
    ['a script that succeeded, where all need it', 'review: { needs: [all] }', 'succeeded', true],
    ['a script that failed, where none needs it', 'review: { needs: [] }', 'failed', false],
  ]
  for (const [what, config, end, needed] of reviews) {
    test(`${what} ${needed ? 'needs' : 'does not need'} a review`, async t => {
      const { api, lane, running } = await open(t, { config })
      const { id } = await running(await lane())
      if (end === 'succeeded') await api.completeTask({ id, result_summary: 'Done.' })
      else if (end === 'failed') await api.failTask({ id, error_message: 'No.' })
      else await api.cancelTask({ id })
      const { task } = await api.getTask({ id })
      assert.deepEqual([task.review, task.needs_review], ['unreviewed', needed])
    })
  }

  test('an agent’s task needs a review even when it succeeded', async t => {
    const { lane, succeeded } = await open(t)
    const agent = { tool_name: 'llm-haiku', payload: { prompt: 'Hello' } }
    assert.equal((await succeeded(await lane(), agent)).needs_review, true)
  })
}
