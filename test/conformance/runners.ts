import assert from 'node:assert/strict'
import os from 'node:os'
import { test } from 'node:test'
import { clock as timeOfDay } from '../../src/contract/time-text.ts'
import { self } from '../../src/processes/identity.ts'
import { refused } from '../support/refused.ts'
import type { Harness } from './harness.ts'

const lease = { queue_id: 'back end', mode: 'run', process: self() } as const
/** On this machine and in this boot, but no process that is there. */
const dead = { ...self(), start_time: '1' }

export function runners({ open }: Harness): void {
  test('a runner takes a lane under a name that stays the same', async t => {
    const { api, lane, clock } = await open(t)
    const queue = await lane('back end')
    const { runner } = await api.startRunner(lease)
    assert.deepEqual(runner, {
      id: runner.id,
      queue: { id: queue.id, name: 'back end' },
      worker_id: `worker-${os.hostname()}-back_end`,
      mode: 'run',
      process: self(),
      remote: false,
      lost: false,
      started_at: clock.stamp(),
      heartbeat_at: clock.stamp(),
      supervisor: null,
      done: 0,
      stop_requested_at: null,
      waiting_since: null,
      task_id: null,
      missing: [],
    })
    assert.deepEqual(await api.listRunners(), { runners: [runner] })
  })

  test('a second runner is told who holds the lane, and since when', async t => {
    const { api, lane, clock } = await open(t)
    await lane('back end')
    const since = clock.stamp()
    await api.startRunner(lease)
    clock.advance(5)
    const error = await refused(api.startRunner(lease), 'conflict')
    assert.ok(error.message.includes(String(process.pid)), error.message)
    assert.ok(error.message.endsWith(`, since ${timeOfDay(since, Date.parse(since))}.`), error.message)
    assert.equal((await api.listRunners()).runners.length, 1)
  })

  test('of two runners that start at once, one gets the lane', async t => {
    const { api, lane, another } = await open(t)
    await lane('back end')
    const other = await another()
    const both = await Promise.allSettled([api.startRunner(lease), other.startRunner(lease)])
    assert.deepEqual(both.map(it => it.status).sort(), ['fulfilled', 'rejected'])
  })

  test('a lane that was given back can be taken', async t => {
    const { api, lane } = await open(t)
    await lane('back end')
    const { runner } = await api.startRunner(lease)
    assert.equal((await api.stopRunner({ id: runner.id })).runner.id, runner.id)
    assert.deepEqual(await api.listRunners(), { runners: [] })
    await api.startRunner(lease)
    await refused(api.stopRunner({ id: runner.id }), 'not_found')
    await refused(api.heartbeatRunner({ id: runner.id }), 'not_found')
  })

  test('a dead holder is replaced, and its task stays for the next one', async t => {
    const { api, lane, add } = await open(t)
    await add(await lane('back end'))
    const first = await api.startRunner({ ...lease, process: dead })
    const { task } = await api.claimTask({ id: 'back end', runner_id: first.runner.id, claim_key: 'k' })
    assert.equal((await api.listRunners()).runners[0]?.task_id, task?.id)
    const second = await api.startRunner(lease)
    assert.notEqual(second.runner.id, first.runner.id)
    assert.equal(second.runner.worker_id, first.runner.worker_id)
    assert.deepEqual(await api.listRunners(), { runners: [second.runner] })
    assert.equal((await api.getTask({ id: 'BACK-END-1' })).task.status, 'running')
    await refused(api.heartbeatRunner({ id: first.runner.id }), 'not_found')
  })

  test('who lost the lane claims nothing in it, and nobody with an invented lease does', async t => {
    const { api, lane, add } = await open(t)
    await add(await lane('back end'))
    const first = await api.startRunner({ ...lease, process: dead })
    await api.startRunner(lease)
    for (const runner_id of [first.runner.id, 'run_invented']) {
      await refused(api.claimTask({ id: 'back end', runner_id }), 'conflict', /no longer holds the lane/)
    }
    assert.equal((await api.getTask({ id: 'BACK-END-1' })).task.status, 'queued')
  })

  test('who lost the lane cannot repeat a claim that it made before', async t => {
    const { api, lane, add } = await open(t)
    await add(await lane('back end'))
    const first = await api.startRunner({ ...lease, process: dead })
    const claim = { id: 'back end', runner_id: first.runner.id, claim_key: 'k' }
    await api.claimTask(claim)
    assert.equal((await api.claimTask(claim)).task?.friendly_id, 'BACK-END-1')
    await api.startRunner(lease)
    await refused(api.claimTask(claim), 'conflict', /no longer holds the lane/)
  })

  test('a runner on another machine is lost when it has been silent for two minutes', async t => {
    const { api, lane, clock } = await open(t)
    await lane('back end')
    const far = { ...lease, process: { ...self(), hostname: 'far', boot_id: 'another' } }
    const { runner } = await api.startRunner(far)
    clock.advance(119)
    await refused(api.startRunner(lease), 'conflict', /on far/)
    const beat = await api.heartbeatRunner({ id: runner.id })
    assert.equal(beat.runner.heartbeat_at, clock.stamp())
    clock.advance(119)
    await refused(api.startRunner(lease), 'conflict', /on far/)
    clock.advance(1)
    await api.startRunner(lease)
  })

  test('a clock that is moved makes no runner on another machine silent, nor a silent one heard', async t => {
    const { api, lane, add, clock } = await open(t)
    const { id } = await add(await lane('back end'), { timeout: 30 })
    const process = { ...self(), hostname: 'far', boot_id: 'another' }
    const { runner } = await api.startRunner({ ...lease, process, remote: true })
    await api.claimTask({ id: 'back end', runner_id: runner.id })
    clock.advance(60)
    await api.heartbeatRunner({ id: runner.id })
    for (const seconds of [3600, -7200]) {
      clock.move(seconds)
      assert.equal((await api.listRunners()).runners[0]?.lost, false, `moved by ${seconds} s`)
      assert.deepEqual((await api.sweep()).failed, [])
      await refused(api.startRunner(lease), 'conflict', /on far/)
    }
    clock.advance(120)
    assert.equal((await api.listRunners()).runners[0]?.lost, true)
    clock.move(3600)
    assert.deepEqual((await api.sweep()).failed, [id])
  })

  test('whoever has just come ends nothing of a runner on another machine, however old its last beat', async t => {
    const { api, lane, add, another, clock } = await open(t)
    const { id } = await add(await lane('back end'), { timeout: 30 })
    const process = { ...self(), hostname: 'far', boot_id: 'another' }
    const { runner } = await api.startRunner({ ...lease, process, remote: true })
    await api.claimTask({ id: 'back end', runner_id: runner.id })
    clock.move(3600)
    const other = await another()
    assert.deepEqual((await other.sweep()).failed, [])
    clock.advance(119)
    assert.deepEqual((await other.sweep()).failed, [])
    clock.advance(1)
    assert.deepEqual((await other.sweep()).failed, [id])
  })

  test('a runner of an earlier boot is dead', async t => {
    const { api, lane } = await open(t)
    await lane('back end')
    await api.startRunner({ ...lease, process: { ...self(), boot_id: 'the one before' } })
    await api.startRunner(lease)
  })

  test('a runner waits at a planned or paused lane, but not at one that is over', async t => {
    const { api, lane } = await open(t)
    await lane('planned', { status: 'planned' })
    await lane('idle')
    await api.pauseQueue({ id: 'idle' })
    await lane('ended')
    await api.endQueue({ id: 'ended' })
    await lane('archived')
    await api.archiveQueue({ id: 'archived' })
    for (const queue_id of ['planned', 'idle']) await api.startRunner({ ...lease, queue_id })
    for (const queue_id of ['ended', 'archived']) {
      await refused(api.startRunner({ ...lease, queue_id }), 'conflict', /nothing to run/)
    }
  })

  test('a runner’s task says when its process starts, not when it was claimed', async t => {
    const { api, lane, add, clock } = await open(t)
    await add(await lane('back end'))
    const { runner } = await api.startRunner(lease)
    const { task } = await api.claimTask({ id: 'back end', runner_id: runner.id })
    assert.deepEqual([task?.claimed_at, task?.started_at], [clock.stamp(), null])
    clock.advance(1)
    await api.startAttempt({ id: 'BACK-END-1', attempt: 1, process: self(), command: ['x'], cwd: '/' })
    assert.equal((await api.getTask({ id: 'BACK-END-1' })).task.started_at, clock.stamp())
    const [attempt] = (await api.listAttempts({ id: 'BACK-END-1' })).attempts
    assert.equal(attempt?.runner_id, runner.id)
  })
}
