import assert from 'node:assert/strict'
import { test } from 'node:test'
import { self } from '../../src/processes/identity.ts'
import { startIdle } from '../support/idle-process.ts'
import { refused } from '../support/refused.ts'
import { type Harness, workOff } from './harness.ts'

export function binding({ open }: Harness): void {
  test('what a process has claimed goes back when it is killed: at its place, uncharged, at the next sweep', async t => {
    const { api, lane, add, claim } = await open(t)
    const queue = await lane()
    for (let n = 0; n < 3; n++) await add(queue)
    const worker = startIdle(t)
    const task = await claim(queue, { process: worker.process })
    const { attempts } = await api.listAttempts({ id: task.id })
    assert.deepEqual([attempts[0]?.bound, attempts[0]?.process], [worker.process, null])
    assert.deepEqual((await api.sweep()).returned, [])
    await worker.kill()
    assert.deepEqual((await api.sweep()).returned, [task.id])
    const { task: back } = await api.getTask({ id: task.id })
    assert.deepEqual(
      [back.status, back.wait_reason, back.attempts, back.attempt, back.worker_id, back.stops_at],
      ['queued', 'worker_lost', 0, 1, null, null],
    )
    const [lost] = (await api.listAttempts({ id: task.id })).attempts
    assert.deepEqual([lost?.outcome, lost?.charged, lost?.error_type], ['returned', false, 'worker_lost'])
    assert.match(lost?.error_message ?? '', /^Its worker is gone: process \d+ on .+ has ended\.$/)
    assert.deepEqual((await api.sweep()).returned, [])
    assert.deepEqual(await workOff({ api } as never, queue), ['AUTH-1', 'AUTH-2', 'AUTH-3'])
  })

  test('whoever claims in the lane gets it at once, and who was lost can say nothing more of it', async t => {
    const { api, lane, add, claim } = await open(t)
    const queue = await lane()
    for (let n = 0; n < 2; n++) await add(queue)
    const worker = startIdle(t)
    await claim(queue, { process: worker.process })
    await worker.kill()
    const again = await claim(queue, { process: self() })
    assert.deepEqual([again.friendly_id, again.attempt, again.attempts], ['AUTH-1', 2, 1])
    await refused(
      api.completeTask({ id: again.id, attempt: 1, result_summary: 'Late.' }),
      'conflict',
      /Attempt 1/,
    )
    await api.completeTask({ id: again.id, attempt: 2, result_summary: 'Done.' })
  })

  test('it goes back however often its workers are lost, which costs a runner none of its tries', async t => {
    const { api, lane, add, claim } = await open(t)
    const queue = await lane('auth', { settings: { on_lost: 'retry' } })
    const { id } = await add(queue)
    for (let n = 0; n < 5; n++) {
      const worker = startIdle(t)
      await claim(queue, { process: worker.process })
      await worker.kill()
    }
    await api.sweep()
    const { runner } = await api.startRunner({ queue_id: 'auth', mode: 'watch', process: self() })
    await api.claimTask({ id: 'auth', runner_id: runner.id })
    const { task } = await api.finishAttempt({ id, attempt: 6, ending: { kind: 'vanished', detail: 'gone' } })
    assert.deepEqual([task.status, task.wait_reason], ['queued', 'worker_lost'])
  })

  test('what a live process has, one elsewhere, or nobody in particular, stays until its time is over', async t => {
    const { api, lane, add, claim, clock } = await open(t)
    const queue = await lane()
    for (let n = 0; n < 3; n++) await add(queue, { timeout: 30 })
    const elsewhere = { ...self(), boot_id: 'another', hostname: 'elsewhere' }
    const ids = [
      (await claim(queue, { process: self() })).id,
      (await claim(queue, { process: elsewhere })).id,
      (await claim(queue)).id,
    ]
    clock.advance(59)
    assert.deepEqual((await api.sweep()).returned, [])
    clock.advance(1)
    const { returned, failed } = await api.sweep()
    assert.deepEqual([returned, failed.toSorted()], [[], ids.toSorted()])
  })

  test('a runner’s claim is bound to no process', async t => {
    const { api, lane, add } = await open(t)
    await add(await lane())
    const { runner } = await api.startRunner({ queue_id: 'auth', mode: 'watch', process: self() })
    const both = { id: 'auth', runner_id: runner.id, process: self() }
    const error = await refused(api.claimTask(both), 'invalid', /bound to no process/)
    assert.equal(error.errors[0]?.pointer, '/process')
  })
}
