import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { WhyCode } from '../../src/contract/why.ts'
import { self } from '../../src/processes/identity.ts'
import { refused } from '../support/refused.ts'
import type { Harness, World } from './harness.ts'

const dead = { ...self(), start_time: '1' }
const runner = (queue_id = 'auth', process = self()) => ({ queue_id, mode: 'watch', process }) as const
const prompt = { tool_name: 'by-hand', payload: { prompt: 'Hello' } } as const

/** Claims as the runner of the lane. */
async function take({ api }: World, runner_id: string, id = 'auth') {
  const { task } = await api.claimTask({ id, runner_id, claim_key: crypto.randomUUID() })
  if (!task) throw new Error('nothing to claim')
  return task
}

async function says({ api }: World, id: string, code: WhyCode, sentence: RegExp) {
  const { why } = await api.explainTask({ id })
  assert.equal(why.code, code, why.sentence)
  assert.match(why.sentence, sentence)
  return why
}

export function explaining({ open }: Harness): void {
  test('of a finished task, how it ended', async t => {
    const world = await open(t)
    const queue = await world.lane()
    const { id } = await world.succeeded(queue)
    await says(world, id, 'succeeded', /^AUTH-1 succeeded at \S+ after 0\.0 s\.$/)
    await world.running(queue)
    await world.api.failTask({ id: 'AUTH-2', error_message: 'No way.' })
    const why = await says(world, 'AUTH-2', 'failed', /^AUTH-2 failed at \S+: No way\.$/)
    assert.deepEqual(why.next, ['sparkq logs AUTH-2', 'sparkq requeue AUTH-2'])
    await refused(world.api.explainTask({ id: 'AUTH-3' }), 'not_found')
  })

  test('of a running task, since when, who has it, and when it is stopped', async t => {
    const world = await open(t)
    const { api, lane, add, claim, clock } = world
    const queue = await lane()
    await add(queue, { timeout: 600 })
    const { stops_at } = await claim(queue, { worker_id: 'claude-1' })
    clock.advance(240)
    const why = await says(
      world,
      'AUTH-1',
      'running',
      /^AUTH-1 has been running 4 min, since \S+, at claude-1\.$/,
    )
    assert.equal(why.until, stops_at)
    clock.advance(400)
    await api.sweep()
    await says(world, 'AUTH-1', 'stale', /past its timeout of 10 min, and is stopped at/)
  })

  test('of a task whose runner is gone, that the next one takes it up', async t => {
    const world = await open(t)
    const { api, lane, add } = world
    await add(await lane())
    const first = await api.startRunner(runner('auth', dead))
    await take(world, first.runner.id)
    await says(world, 'AUTH-1', 'orphaned', /its runner is gone/)
    await api.startRunner(runner())
    await says(world, 'AUTH-1', 'running', /has been running/)
  })

  test('of a task that is being cancelled, that it is being stopped', async t => {
    const world = await open(t)
    const { api, lane, add } = world
    await add(await lane())
    const { runner: it } = await api.startRunner(runner())
    const task = await take(world, it.id)
    await api.cancelTask({ id: task.id })
    await says(world, 'AUTH-1', 'cancelling', /is being stopped/)
    await api.finishAttempt({ id: task.id, attempt: 1, ending: { kind: 'stopped', cause: 'cancelled' } })
    await says(world, 'AUTH-1', 'failed', /Cancelled while it ran\.$/)
  })

  test('of a lane that is not active, what opens it', async t => {
    const world = await open(t)
    const { api, lane, add, clock } = world
    await add(await lane('auth', { status: 'planned' }))
    const planned = await says(world, 'AUTH-1', 'lane_planned', /planned/)
    assert.deepEqual(planned.next, ['sparkq queue activate auth'])
    await api.activateQueue({ id: 'auth' })
    await api.pauseQueue({ id: 'auth', reason: 'Lunch.', resume_at: clock.stamp(3600) })
    const paused = await says(
      world,
      'AUTH-1',
      'lane_paused',
      /^AUTH-1 waits: "auth" was paused by test at \S+ \(Lunch\), until \S+\.$/,
    )
    assert.deepEqual([paused.until, paused.next], [clock.stamp(3600), ['sparkq queue resume auth']])
    await api.archiveQueue({ id: 'auth' })
    await says(world, 'AUTH-1', 'lane_archived', /archived/)
    await api.unarchiveQueue({ id: 'auth' })
    await api.endQueue({ id: 'auth' })
    const ended = await says(world, 'AUTH-1', 'failed', /Its queue "auth" was ended\.$/)
    assert.deepEqual(ended.next, [])
  })

  test('of a task that waits by itself, for what, and until when', async t => {
    const world = await open(t)
    const { api, lane, add, running, claim, clock } = world
    const queue = await lane()
    await api.startRunner(runner())
    await add(queue, { not_before: clock.stamp(7200) })
    const delayed = await says(world, 'AUTH-1', 'not_before', /^AUTH-1 is not due before \d\d:\d\d\.$/)
    assert.equal(delayed.until, clock.stamp(7200))

    const { id } = await running(queue, { max_attempts: 2 })
    await add(queue)
    await api.finishAttempt({ id, attempt: 1, ending: { kind: 'exit', code: 1 } })
    const retry = await says(world, 'AUTH-2', 'retry', /^AUTH-2 waits for its retry in 10 s\.$/)
    assert.equal(retry.until, clock.stamp(10))
    const behind = await says(
      world,
      'AUTH-3',
      'behind',
      /^AUTH-3 is 2nd in line behind AUTH-2, which waits for its retry in 10 s\.$/,
    )
    assert.deepEqual([behind.task_id, behind.until], [id, clock.stamp(10)])
    clock.advance(10)
    await says(world, 'AUTH-2', 'next', /about to be taken/)
    await claim(queue)
    await api.finishAttempt({ id, attempt: 2, ending: { kind: 'not_started', detail: 'gone.' } })
    await says(world, 'AUTH-2', 'worker_lost', /^AUTH-2 lost its worker/)
  })

  test('of a lane that passes what waits, where each stands', async t => {
    const world = await open(t)
    const { api, lane, add, running } = world
    const queue = await lane('auth', { settings: { on_wait: 'skip' } })
    await api.startRunner(runner())
    const { id } = await running(queue, { max_attempts: 2 })
    await add(queue)
    await add(queue)
    await api.finishAttempt({ id, attempt: 1, ending: { kind: 'exit', code: 1 } })
    await says(world, 'AUTH-1', 'retry', /waits for its retry/)
    await says(world, 'AUTH-2', 'next', /about to be taken/)
    await says(world, 'AUTH-3', 'behind', /^AUTH-3 is 2nd in line behind AUTH-2, which is about/)
  })

  test('of what is behind others, what runs, or holds the first', async t => {
    const world = await open(t)
    const { api, lane, add, clock } = world
    const queue = await lane()
    for (let n = 0; n < 3; n++) await add(queue)
    const { runner: it } = await api.startRunner(runner())
    await take(world, it.id)
    clock.advance(240)
    const first = await says(
      world,
      'AUTH-2',
      'behind',
      /^AUTH-2 waits for AUTH-1, which has been running 4 min\.$/,
    )
    assert.equal(first.task_id, (await api.getTask({ id: 'AUTH-1' })).task.id)
    await says(world, 'AUTH-3', 'behind', /^AUTH-3 is 2nd in line; AUTH-1 has been running 4 min\.$/)
    await api.moveTaskFirst({ id: 'AUTH-3' })
    await says(world, 'AUTH-3', 'behind', /^AUTH-3 waits for AUTH-1/)
  })

  test('of a task for a worker, that no runner takes it', async t => {
    const world = await open(t)
    const { lane, add } = world
    const queue = await lane()
    await world.api.createTool({ name: 'by-hand', task_class: 'LLM_LITE' })
    await add(queue, prompt)
    await add(queue)
    const why = await says(world, 'AUTH-1', 'other_tool', /by-hand/)
    assert.deepEqual(why.next, ['sparkq claim -q auth'])
    await says(world, 'AUTH-2', 'behind', /^AUTH-2 is 2nd in line behind AUTH-1, which is for by-hand/)
  })

  test('of a lane without a runner, that; of one with a runner, what is next', async t => {
    const world = await open(t)
    const { api, lane, add } = world
    const queue = await lane()
    await add(queue)
    const why = await says(world, 'AUTH-1', 'no_runner', /but no runner works "auth"\.$/)
    assert.deepEqual(why.next, ['sparkq runner -q auth'])
    await api.startRunner(runner('auth', dead))
    await says(world, 'AUTH-1', 'no_runner', /but no runner works "auth"\.$/)
    const { runner: it } = await api.startRunner(runner())
    await says(world, 'AUTH-1', 'next', /about to be taken by the runner of "auth"/)
    await api.stopRunner({ id: it.id })
    await says(world, 'AUTH-1', 'no_runner', /no runner/)
  })

  test('of a task that waits for a place, what holds the places', async t => {
    const world = await open(t, { config: 'limits: {max_running: 1}\n' })
    const { api, lane, add, running } = world
    await running(await lane('web'))
    const queue = await lane()
    await add(queue)
    await add(queue)
    await says(world, 'AUTH-1', 'no_runner', /no runner/)
    await api.startRunner(runner())
    await says(
      world,
      'AUTH-1',
      'max_running',
      /^AUTH-1 waits for a place: WEB-1 runs, and limits\.max_running is 1\.$/,
    )
    await says(world, 'AUTH-2', 'behind', /behind AUTH-1, which waits for a place: WEB-1 runs/)
  })

  test('whatever a claim answers, the first in line is explained by the same', async t => {
    const world = await open(t, { config: 'limits: {max_running: 1}\n' })
    const { api, lane, add, clock } = world
    const queue = await lane()
    await add(queue)
    const { runner: it } = await api.startRunner(runner())
    const both = async (input: object = {}) => {
      const { none_because } = await api.claimTask({
        id: 'auth',
        runner_id: it.id,
        tools: ['run-bash'],
        ...input,
      })
      return [none_because, (await api.explainTask({ id: 'AUTH-1' })).why.code]
    }
    await world.running(await lane('web'))
    assert.deepEqual(await both(), ['max_running', 'max_running'])
    await api.updateTask({ id: 'AUTH-1', not_before: clock.stamp(60) })
    assert.deepEqual(await both(), ['delayed', 'not_before'])
    await api.pauseQueue({ id: 'auth' })
    assert.deepEqual(await both(), ['not_active', 'lane_paused'])
  })
}
