import assert from 'node:assert/strict'
import path from 'node:path'
import { test } from 'node:test'
import { elapsed } from '../../src/contract/time.ts'
import { waitFor } from '../support/wait.ts'
import { assertNothingLeft, type Lane, openLane } from './support.ts'

const fixtures = path.join(import.meta.dirname, '../fixtures/runner')

async function enqueueUnkillable(lane: Lane, timeout = 600): Promise<void> {
  const payload = { script_path: path.join(fixtures, 'unkillable.sh') }
  await lane.api.createTask({ queue_id: 'q', tool_name: 'run-bash', payload, timeout })
}

async function untilOutput(lane: Lane, text: string): Promise<void> {
  await waitFor(`the task has written "${text}"`, async () => {
    const { bytes } = await lane.api.readOutput({ id: 'Q-1', stream: 'stdout' })
    return Buffer.from(bytes).toString().includes(text)
  })
}

test('a task is stale at its timeout and stopped at twice that, with all it started', async t => {
  const lane = await openLane(t)
  await enqueueUnkillable(lane, 1)
  const { events } = await lane.work()
  const task = await lane.task('Q-1')
  assert.equal(task.error_type, 'timeout')
  assert.equal(task.error_message, 'Stopped after 2 s, 2 times its timeout.')
  assert.ok(elapsed(task.claimed_at as string, task.stale_warned_at as string) >= 1000)
  assert.ok(elapsed(task.claimed_at as string, task.finished_at as string) >= 2000)
  assert.deepEqual(
    events.map(it => it.type).filter(type => type !== 'output'),
    ['started', 'task_started', 'stale', 'stopping', 'task_ended', 'waiting', 'ended'],
  )
  const [attempt] = (await lane.api.listAttempts({ id: 'Q-1' })).attempts
  assert.equal(attempt?.stop_cause, 'timeout')
  assert.equal(attempt?.signal, 'SIGKILL')
  assert.deepEqual(attempt?.stop?.signals.map(it => it.signal).slice(0, 2), ['SIGTERM', 'SIGKILL'])
  assert.ok((attempt?.stop?.stopped ?? 0) >= 3, JSON.stringify(attempt?.stop))
  assert.deepEqual(attempt?.stop?.survivors, [])
  await assertNothingLeft(lane)
})

test('cancelling a running task stops all it started', async t => {
  const lane = await openLane(t)
  await enqueueUnkillable(lane)
  const working = lane.work()
  await untilOutput(lane, 'ready')
  // By another connection, as another process would.
  const { task: asked } = await lane.again().cancelTask({ id: 'Q-1' })
  assert.equal(asked.status, 'running')
  assert.notEqual(asked.cancel_requested_at, null)
  await working
  const task = await lane.task('Q-1')
  assert.deepEqual(
    [task.status, task.error_type, task.error_message],
    ['failed', 'cancelled', 'Cancelled while it ran.'],
  )
  await assertNothingLeft(lane)
})

test('a polite task gets its TERM and the time to clean up', async t => {
  const lane = await openLane(t, 'limits: {stop_grace: 20}\n')
  await lane.bash(`trap 'echo cleaned; exit 3' TERM; echo ready; while :; do sleep 0.02; done`, {
    max_attempts: 5,
  })
  const working = lane.work()
  await untilOutput(lane, 'ready')
  await lane.api.cancelTask({ id: 'Q-1' })
  await working
  const task = await lane.task('Q-1')
  // It exited with 3, but that is not why it ended; and a cancelled task is never retried.
  assert.deepEqual([task.error_type, task.exit_code, task.attempts], ['cancelled', 3, 1])
  const [attempt] = (await lane.api.listAttempts({ id: 'Q-1' })).attempts
  assert.deepEqual(
    attempt?.stop?.signals.map(it => it.signal),
    ['SIGTERM'],
  )
  assert.ok(
    Buffer.from((await lane.api.readOutput({ id: 'Q-1', stream: 'stdout' })).bytes)
      .toString()
      .endsWith('cleaned\n'),
  )
})

test('a cancel that comes while the task is being started is not lost', async t => {
  const lane = await openLane(t)
  await lane.bash('sleep 600')
  const events = lane.again().watchEvents({ signal: new AbortController().signal })
  const cancelling = (async () => {
    for await (const event of events) {
      if (event.event !== 'task.claimed') continue
      await lane.api.cancelTask({ id: 'Q-1' })
      return
    }
  })()
  await Promise.all([lane.work(), cancelling])
  assert.equal((await lane.task('Q-1')).error_type, 'cancelled')
  await assertNothingLeft(lane)
})

test('ending a queue with its running task cancelled leaves nothing running', async t => {
  const lane = await openLane(t)
  await enqueueUnkillable(lane)
  await lane.bash('echo never')
  const runner = lane.spawnRunner('watch')
  await untilOutput(lane, 'ready')
  await lane.api.endQueue({ id: 'q', cancel_running: true })
  assert.equal((await lane.task('Q-1')).error_type, 'cancelled')
  assert.equal((await lane.task('Q-2')).error_type, 'cancelled')
  assert.equal((await lane.task('Q-2')).started_at, null)
  await assertNothingLeft(lane)
  runner.kill('SIGTERM')
  await runner.ended
})
