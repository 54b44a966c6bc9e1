import assert from 'node:assert/strict'
import { test } from 'node:test'
import { self } from '../../src/processes/identity.ts'
import type { Harness } from './harness.ts'

const nothing = { stale: [], failed: [], resumed: [], returned: [] }

export function timeouts({ open }: Harness): void {
  test('a running task is stale at its timeout, once, and failed at twice its timeout', async t => {
    const { api, lane, running, clock } = await open(t)
    const { id } = await running(await lane(), { timeout: 30 })
    clock.advance(29.999)
    assert.deepEqual(await api.sweep(), nothing)
    clock.advance(0.001)
    assert.deepEqual(await api.sweep(), { ...nothing, stale: [id] })
    const { task } = await api.getTask({ id })
    assert.deepEqual([task.status, task.stale_warned_at], ['running', clock.stamp()])
    assert.deepEqual(await api.sweep(), nothing)
    clock.advance(29.999)
    assert.deepEqual(await api.sweep(), nothing)
    clock.advance(0.001)
    assert.deepEqual(await api.sweep(), { ...nothing, failed: [id] })
    const failed = (await api.getTask({ id })).task
    assert.deepEqual([failed.status, failed.error_type], ['failed', 'timeout'])
    assert.match(failed.error_message ?? '', /60 s, 2 times its timeout/)
    assert.deepEqual(await api.sweep(), nothing)
  })

  test('one sweep may find a task stale and over', async t => {
    const { api, lane, running, clock } = await open(t)
    const { id } = await running(await lane(), { timeout: 30 })
    clock.advance(1000)
    assert.deepEqual(await api.sweep(), { ...nothing, stale: [id], failed: [id] })
  })

  test('the factors are settings', async t => {
    const config = 'limits: { warn_factor: 0.5, fail_factor: 3 }'
    const { lane, running, clock } = await open(t, { config })
    const task = await running(await lane(), { timeout: 30 })
    assert.deepEqual([task.warns_at, task.stops_at], [clock.stamp(15), clock.stamp(90)])
  })

  test('time is measured from the claim, not from the enqueue', async t => {
    const { api, lane, add, claim, clock } = await open(t)
    const queue = await lane()
    await add(queue, { timeout: 30 })
    clock.advance(1000)
    await claim(queue)
    assert.deepEqual(await api.sweep(), nothing)
  })

  test('a task that times out with attempts left is tried again', async t => {
    const { api, lane, running, claim, clock } = await open(t)
    const queue = await lane()
    const { id } = await running(queue, { timeout: 30, max_attempts: 2 })
    clock.advance(60)
    await api.sweep()
    const { task } = await api.getTask({ id })
    assert.deepEqual([task.status, task.wait_reason, task.stale_warned_at], ['queued', 'retry', null])
    clock.advance(10)
    assert.equal((await claim(queue)).stale_warned_at, null)
    clock.advance(30)
    assert.deepEqual(await api.sweep(), { ...nothing, stale: [id] })
  })

  test('what a live runner executes is that runner’s to mark and to end', async t => {
    const { api, lane, add, clock } = await open(t)
    const { id } = await add(await lane(), { timeout: 30 })
    const { runner } = await api.startRunner({ queue_id: 'auth', mode: 'run', process: self() })
    await api.claimTask({ id: 'auth', runner_id: runner.id })
    clock.advance(1000)
    assert.deepEqual(await api.sweep(), nothing)
    const { task } = await api.flagAttempt({ id, attempt: 1, stale: true })
    assert.deepEqual([task.status, task.stale_warned_at], ['running', clock.stamp()])
    await api.stopRunner({ id: runner.id })
    assert.deepEqual(await api.sweep(), { ...nothing, failed: [id] })
  })

  test('what a runner on another machine executes is ended when it has been silent for two minutes', async t => {
    const { api, lane, add, clock } = await open(t)
    const { id } = await add(await lane(), { timeout: 30 })
    const process = { ...self(), hostname: 'far', boot_id: 'another' }
    const { runner } = await api.startRunner({ queue_id: 'auth', mode: 'run', process })
    await api.claimTask({ id: 'auth', runner_id: runner.id })
    clock.advance(100)
    await api.heartbeatRunner({ id: runner.id })
    assert.deepEqual((await api.sweep()).failed, [])
    clock.advance(121)
    assert.deepEqual((await api.sweep()).failed, [id])
  })

  test('a pause with an end ends by itself', async t => {
    const { api, lane, clock } = await open(t)
    const queue = await lane()
    const resume_at = clock.stamp(60)
    const paused = await api.pauseQueue({ id: 'auth', reason: 'Lunch.', resume_at })
    assert.equal(paused.queue.resume_at, resume_at)
    clock.advance(59)
    assert.deepEqual(await api.sweep(), nothing)
    clock.advance(1)
    assert.deepEqual(await api.sweep(), { ...nothing, resumed: [queue.id] })
    const { queue: now } = await api.getQueue({ id: 'auth' })
    assert.deepEqual([now.status, now.pause_reason, now.resume_at], ['active', null, null])
  })
}
