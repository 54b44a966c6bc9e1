import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Harness, workOff } from './harness.ts'

export function ordering({ open }: Harness): void {
  test('tasks are claimed in the order they were put in', async t => {
    const world = await open(t)
    const queue = await world.lane()
    for (let n = 0; n < 5; n++) await world.add(queue)
    assert.deepEqual(await workOff(world, queue), ['AUTH-1', 'AUTH-2', 'AUTH-3', 'AUTH-4', 'AUTH-5'])
  })

  test('lanes do not wait for each other', async t => {
    const { lane, add, claim } = await open(t)
    const [auth, web] = [await lane('auth'), await lane('web')]
    await add(auth)
    await add(web)
    assert.equal((await claim(web)).friendly_id, 'WEB-1')
    assert.equal((await claim(auth)).friendly_id, 'AUTH-1')
  })

  test('a peek shows the task that a claim then takes, and changes nothing', async t => {
    const { api, lane, add, claim } = await open(t)
    const queue = await lane('auth', { instructions: 'Be brief.' })
    assert.equal((await api.peekQueue({ id: 'auth' })).task, null)
    const task = await add(queue)
    const before = (await api.listEvents()).events
    assert.deepEqual((await api.peekQueue({ id: 'auth' })).task, task)
    assert.equal((await api.peekQueue({ id: 'auth' })).task?.queue.instructions, 'Be brief.')
    assert.deepEqual((await api.listEvents()).events, before)
    assert.equal((await claim(queue)).id, task.id)
  })

  test('a claim that takes nothing says why, and when that may be different', async t => {
    const { api, lane, add, running, clock } = await open(t)
    const queue = await lane()
    const ask = async (input?: object) => {
      const peeked = await api.peekQueue({ id: 'auth' })
      const claimed = await api.claimTask({ id: 'auth', ...input })
      assert.equal(claimed.task, null)
      if (!input) assert.deepEqual(peeked, claimed)
      return [claimed.none_because, claimed.retry_at]
    }
    assert.deepEqual(await ask(), ['empty', null])
    assert.deepEqual(await ask({ claim_key: 'mine' }), ['empty', null])
    const { id } = await running(queue, { max_attempts: 2 })
    assert.deepEqual(await ask(), ['empty', null])
    await add(queue, { not_before: clock.stamp(3600) })
    assert.deepEqual(await ask(), ['delayed', clock.stamp(3600)])
    await api.finishAttempt({ id, attempt: 1, ending: { kind: 'exit', code: 1 } })
    assert.deepEqual(await ask(), ['waiting', clock.stamp(10)])
    clock.advance(10)
    assert.equal((await ask({ tools: ['llm-haiku'] }))[0], 'other_tool')
    await api.pauseQueue({ id: 'auth', resume_at: clock.stamp(60) })
    assert.deepEqual(await ask(), ['not_active', clock.stamp(60)])
    await api.archiveQueue({ id: 'auth' })
    assert.equal((await ask())[0], 'not_active')
  })

  test('a task moved to the front is next, and the last one moved is before the one moved first', async t => {
    const world = await open(t)
    const queue = await world.lane()
    for (let n = 0; n < 4; n++) await world.add(queue)
    await world.api.moveTaskFirst({ id: 'AUTH-3' })
    await world.api.moveTaskFirst({ id: 'AUTH-4' })
    await world.api.moveTaskFirst({ id: 'AUTH-4' })
    await world.add(queue)
    assert.deepEqual(await workOff(world, queue), ['AUTH-4', 'AUTH-3', 'AUTH-1', 'AUTH-2', 'AUTH-5'])
  })

  test('a delayed task is skipped until it is due, then it is in its place', async t => {
    const { api, lane, add, claim, clock } = await open(t)
    const queue = await lane()
    await add(queue, { not_before: clock.stamp(60) })
    await add(queue)
    await add(queue)
    assert.equal((await claim(queue)).friendly_id, 'AUTH-2')
    clock.advance(59)
    assert.equal((await api.peekQueue({ id: 'auth' })).task?.friendly_id, 'AUTH-3')
    clock.advance(1)
    assert.equal((await claim(queue)).friendly_id, 'AUTH-1')
  })

  for (const status of ['planned', 'idle'] as const) {
    test(`nothing is claimed from a lane that is ${status}`, async t => {
      const { api, lane, add, claim } = await open(t)
      const queue = await lane('auth', status === 'planned' ? { status } : {})
      if (status === 'idle') await api.pauseQueue({ id: 'auth' })
      await add(queue)
      assert.equal((await api.peekQueue({ id: 'auth' })).task, null)
      assert.equal((await api.claimTask({ id: 'auth' })).task, null)
      await api.activateQueue({ id: 'auth' })
      assert.equal((await claim(queue)).friendly_id, 'AUTH-1')
    })
  }

  test('who names tools gets the next task only if it is for one of them', async t => {
    const { api, lane, add } = await open(t)
    const queue = await lane()
    await add(queue, { tool_name: 'llm-haiku', payload: { prompt: 'Hello' } })
    await add(queue)
    assert.equal((await api.claimTask({ id: 'auth', tools: ['run-bash', 'run-python'] })).task, null)
    assert.equal((await api.claimTask({ id: 'auth', tools: ['llm-haiku'] })).task?.friendly_id, 'AUTH-1')
    assert.equal((await api.claimTask({ id: 'auth', tools: ['run-bash'] })).task?.friendly_id, 'AUTH-2')
  })

  test('a task that waits for a retry blocks its lane until it is due', async t => {
    const world = await open(t)
    const { api, lane, add, running, clock } = world
    const queue = await lane()
    const { id } = await running(queue, { max_attempts: 2 })
    await add(queue)
    await api.finishAttempt({ id, attempt: 1, ending: { kind: 'exit', code: 1 } })
    assert.equal((await api.peekQueue({ id: 'auth' })).task, null)
    assert.equal((await api.claimTask({ id: 'auth' })).task, null)
    clock.advance(10)
    assert.deepEqual(await workOff(world, queue), ['AUTH-1', 'AUTH-2'])
  })

  test('on_wait: skip lets the others pass a task that waits for a retry', async t => {
    const { api, lane, add, running, claim, clock } = await open(t)
    const queue = await lane('auth', { settings: { on_wait: 'skip' } })
    const { id } = await running(queue, { max_attempts: 2 })
    await add(queue)
    await add(queue)
    await api.finishAttempt({ id, attempt: 1, ending: { kind: 'exit', code: 1 } })
    assert.equal((await claim(queue)).friendly_id, 'AUTH-2')
    clock.advance(10)
    assert.equal((await claim(queue)).friendly_id, 'AUTH-1')
  })

  test('what was moved before a waiting task passes it', async t => {
    const { api, lane, add, running, claim } = await open(t)
    const queue = await lane()
    const { id } = await running(queue, { max_attempts: 2 })
    await add(queue)
    await api.finishAttempt({ id, attempt: 1, ending: { kind: 'exit', code: 1 } })
    await api.moveTaskFirst({ id: 'AUTH-2' })
    assert.equal((await claim(queue)).friendly_id, 'AUTH-2')
  })

  test('a delay set on a waiting task does not let others pass it', async t => {
    const { api, lane, add, running, clock } = await open(t)
    const queue = await lane()
    const { id } = await running(queue, { max_attempts: 2 })
    await add(queue)
    await api.finishAttempt({ id, attempt: 1, ending: { kind: 'exit', code: 1 } })
    await api.updateTask({ id, not_before: clock.stamp(3600) })
    clock.advance(60)
    assert.equal((await api.claimTask({ id: 'auth' })).task, null)
    await api.updateTask({ id, not_before: null })
    assert.equal((await api.claimTask({ id: 'auth' })).task?.id, id)
  })

  test('a requeued task goes to the end of its lane', async t => {
    const world = await open(t)
    const queue = await world.lane()
    await world.succeeded(queue)
    await world.add(queue)
    await world.api.requeueTask({ id: 'AUTH-1' })
    assert.deepEqual(await workOff(world, queue), ['AUTH-2', 'AUTH-3'])
  })
}
