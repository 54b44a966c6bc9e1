import assert from 'node:assert/strict'
import { test } from 'node:test'
import { self } from '../../src/processes/identity.ts'
import { refused } from '../support/refused.ts'
import type { Harness } from './harness.ts'

const nothing = { all: false, sessions: [], queues: [] }

export function supervising({ open }: Harness): void {
  test('where no server keeps runners, nothing can be asked of it, and it is said what to type', async t => {
    const { api, lane } = await open(t)
    await lane('back end')
    assert.deepEqual(await api.getSupervision(), { supervision: null })
    const all = await refused(api.extendSupervision({ all: true }), 'conflict')
    assert.equal(all.hint, 'sparkq start --all')
    const one = await refused(api.setRunnerWanted({ id: 'back end', wanted: 'on' }), 'conflict')
    assert.equal(one.hint, "sparkq start --queue 'back end'")
  })

  test('a server tells which lanes it keeps runners on, and takes more', async t => {
    const { api, lane, clock } = await open(t, { lanes: nothing })
    const { session } = await lane()
    const begun = { process: self(), all: false, sessions: [] as object[], started_at: clock.stamp() }
    assert.deepEqual((await api.getSupervision()).supervision, begun)
    begun.sessions.push(session)
    assert.deepEqual((await api.extendSupervision({ sessions: ['auth'] })).supervision, begun)
    assert.deepEqual((await api.extendSupervision({ sessions: ['auth'] })).supervision, begun)
    assert.equal((await api.extendSupervision({ all: true })).supervision?.all, true)
  })

  test('an ended session has no lane to work, and one that is not there is not found', async t => {
    const { api } = await open(t, { lanes: nothing })
    await api.createSession({ name: 'old' })
    await api.endSession({ id: 'old' })
    await refused(api.extendSupervision({ sessions: ['old'] }), 'conflict', /"old" is ended/)
    await refused(api.extendSupervision({ sessions: ['odl'] }), 'not_found', /no session "odl"/)
  })

  test('a single lane has a runner kept, or none, or as all have', async t => {
    const { api, lane } = await open(t, { lanes: nothing })
    await lane()
    for (const wanted of ['on', 'off', null] as const) {
      assert.equal((await api.setRunnerWanted({ id: 'auth', wanted })).queue.runner_wanted, wanted)
    }
    const { events } = await api.listEvents({ event: 'queue.runner_wanted' })
    assert.deepEqual(
      events.map(({ data }) => data),
      [{ wanted: null }, { wanted: 'off' }, { wanted: 'on' }],
    )
  })

  test('who says "all" means those too whose runner was stopped', async t => {
    const { api, lane } = await open(t, { lanes: nothing })
    await lane()
    await api.setRunnerWanted({ id: 'auth', wanted: 'off' })
    await api.extendSupervision({ all: true })
    assert.equal((await api.getQueue({ id: 'auth' })).queue.runner_wanted, null)
  })

  test('a lane that is closed for good gets no runner', async t => {
    const { api, lane } = await open(t, { lanes: nothing })
    await lane()
    await api.endQueue({ id: 'auth' })
    await refused(api.setRunnerWanted({ id: 'auth', wanted: 'on' }), 'conflict', /nothing to run/)
  })

  test('a runner is asked to go; its task is cancelled only when that is said', async t => {
    const { api, lane, add, clock } = await open(t)
    const queue = await lane()
    await add(queue)
    const { runner } = await api.startRunner({ queue_id: 'auth', mode: 'watch', process: self() })
    await api.claimTask({ id: 'auth', runner_id: runner.id })
    const since = clock.stamp()
    await api.setRunnerWanted({ id: 'auth', wanted: 'off' })
    clock.advance(5)
    assert.equal((await api.getTask({ id: 'AUTH-1' })).task.cancel_requested_at, null)
    await api.setRunnerWanted({ id: 'auth', wanted: 'off', now: true })
    assert.equal((await api.getTask({ id: 'AUTH-1' })).task.cancel_requested_at, clock.stamp())
    const [asked] = (await api.listRunners()).runners
    assert.equal(asked?.stop_requested_at, since)
    const { events } = await api.listEvents({ event: 'runner.stop_requested' })
    assert.deepEqual(events[0]?.data, { runner_id: runner.id, now: true })
  })

  test('a runner that was asked to go already is not asked again', async t => {
    const { api, lane, add } = await open(t)
    await add(await lane())
    const { runner } = await api.startRunner({ queue_id: 'auth', mode: 'watch', process: self() })
    await api.claimTask({ id: 'auth', runner_id: runner.id })
    for (const now of [false, false, true, true, false]) {
      await api.setRunnerWanted({ id: 'auth', wanted: 'off', now })
    }
    const { events } = await api.listEvents({ event: 'runner.stop_requested' })
    assert.deepEqual(
      events.map(({ data }) => data),
      [
        { runner_id: runner.id, now: true },
        { runner_id: runner.id, now: false },
      ],
    )
    assert.equal((await api.listEvents({ event: 'task.cancel_requested' })).events.length, 1)
  })

  test('the death of a runner is written down, with when it comes back', async t => {
    const { api, lane, clock } = await open(t)
    const queue = await lane()
    const death = { exit_code: null, signal: 'SIGKILL', deaths: 3, restart_at: clock.stamp() }
    await api.noteRunnerDeath({ id: 'auth', ...death })
    const [event] = (await api.listEvents({ queue_id: 'auth', event: 'runner.died' })).events
    assert.deepEqual([event?.queue_id, event?.data], [queue.id, death])
  })

  test('a runner counts what it has brought to its end, and says who starts it again', async t => {
    const { api, lane, add } = await open(t)
    const queue = await lane()
    for (let i = 0; i < 2; i++) await add(queue)
    const lease = { queue_id: 'auth', mode: 'watch', process: self(), supervisor: self() } as const
    const { runner } = await api.startRunner(lease)
    assert.deepEqual([runner.supervisor, runner.done], [self(), 0])
    for (const id of ['AUTH-1', 'AUTH-2']) {
      await api.claimTask({ id: 'auth', runner_id: runner.id })
      await api.finishAttempt({ id, attempt: 1, ending: { kind: 'exit', code: id === 'AUTH-1' ? 0 : 1 } })
    }
    assert.equal((await api.listRunners()).runners[0]?.done, 2)
  })
}
