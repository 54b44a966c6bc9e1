import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import type { Task } from '../../src/contract/tasks.ts'
import { refused } from '../support/refused.ts'
import { type Harness, namesOf, type World } from './harness.ts'

const day = 86_400

/** What a runner leaves of an attempt. */
function leaveOutput({ logs }: World, task: Task): string {
  const folder = path.join(logs, 'tasks', task.id)
  fs.mkdirSync(folder, { recursive: true })
  fs.writeFileSync(path.join(folder, '1.out'), 'hello\n')
  return folder
}

export function purging({ open }: Harness): void {
  test('finished tasks go after three days, with their output; the others stay, and so does what happened', async t => {
    const world = await open(t)
    const { api, lane, add, running, succeeded, clock } = world
    const queue = await lane()
    const old = await succeeded(queue)
    const folder = leaveOutput(world, old)
    await api.failTask({ id: (await running(queue)).id, error_message: 'No.' })
    await running(queue)
    await add(queue)
    clock.advance(2 * day)
    const young = await api.cancelTask({ id: (await add(queue)).id })
    const kept = leaveOutput(world, young.task)
    clock.advance(1 * day)
    assert.deepEqual(await api.purge(), { purged: 0 })
    clock.advance(0.001)
    assert.deepEqual(await api.purge(), { purged: 2 })
    assert.deepEqual(namesOf((await api.listTasks()).tasks), ['AUTH-5', 'AUTH-4', 'AUTH-3'])
    assert.deepEqual([fs.existsSync(folder), fs.existsSync(kept)], [false, true])
    await refused(api.getTask({ id: old.id }), 'not_found')
    const { events } = await api.listEvents()
    assert.ok(events.some(it => it.task_id === old.id && it.event === 'task.succeeded'))
    const { counts } = (await api.getQueue({ id: 'auth' })).queue
    assert.deepEqual(counts, { queued: 1, running: 1, succeeded: 0, failed: 1 })
  })

  test('queued and running tasks are never purged, however old', async t => {
    const { api, lane, add, running, clock } = await open(t)
    const queue = await lane()
    await running(queue)
    await add(queue)
    const { id } = await add(queue, { max_attempts: 2 })
    await api.moveTaskFirst({ id })
    await api.claimTask({ id: 'auth' })
    await api.finishAttempt({ id, attempt: 1, ending: { kind: 'exit', code: 1 } })
    clock.advance(1000 * day)
    assert.deepEqual(await api.purge({ older_than_days: 0 }), { purged: 0 })
    assert.equal((await api.listTasks()).tasks.length, 3)
  })

  test('older_than_days may be said, as a fraction too', async t => {
    const { api, lane, succeeded, clock } = await open(t)
    const queue = await lane()
    await succeeded(queue)
    clock.advance(day / 2)
    await succeeded(queue)
    clock.advance(1)
    assert.deepEqual(await api.purge({ older_than_days: 0.5 }), { purged: 1 })
    assert.deepEqual(await api.purge({ older_than_days: 0 }), { purged: 1 })
    await refused(api.purge({ older_than_days: -1 }), 'invalid')
  })

  for (const older_than_days of [3650, 36_500]) {
    test(`nothing is older than ${older_than_days} days`, async t => {
      const { api, lane, succeeded, clock } = await open(t)
      await succeeded(await lane())
      clock.advance(day)
      assert.deepEqual(await api.purge({ older_than_days }), { purged: 0 })
    })
  }

  test('the age is a setting', async t => {
    const { api, lane, succeeded, clock } = await open(t, { config: 'purge: { older_than_days: 10 }' })
    await succeeded(await lane())
    clock.advance(9 * day)
    assert.deepEqual(await api.purge(), { purged: 0 })
    clock.advance(2 * day)
    assert.deepEqual(await api.purge(), { purged: 1 })
  })

  test('keep_unreviewed keeps what still needs a review', async t => {
    const { api, lane, running, succeeded, clock } = await open(t, {
      config: 'purge: { keep_unreviewed: true }',
    })
    const queue = await lane()
    await succeeded(queue)
    const { id } = await running(queue)
    await api.failTask({ id, error_message: 'No.' })
    clock.advance(4 * day)
    assert.deepEqual(await api.purge(), { purged: 1 })
    await api.reviewTask({ id, decision: 'accepted' })
    assert.deepEqual(await api.purge(), { purged: 1 })
  })

  test('a key is free again when its task was purged', async t => {
    const { api, lane, succeeded, add, clock } = await open(t)
    const queue = await lane()
    const first = await succeeded(queue, { idempotency_key: 'nightly' })
    clock.advance(4 * day)
    assert.equal((await add(queue, { idempotency_key: 'nightly' })).id, first.id)
    await api.purge()
    const { created, task } = await api.createTask({
      queue_id: 'auth',
      tool_name: 'run-bash',
      payload: { command: 'false' },
      idempotency_key: 'nightly',
    })
    assert.deepEqual([created, task.friendly_id], [true, 'AUTH-2'])
  })

  test('the output of a deleted task, queue or session goes too', async t => {
    const world = await open(t)
    const { api, lane, succeeded } = world
    const [one, two] = [await lane('one'), await lane('two')]
    const gone = []
    for (const queue of [one, one, two]) gone.push(leaveOutput(world, await succeeded(queue)))
    await api.deleteTask({ id: 'ONE-1' })
    assert.deepEqual(
      gone.map(it => fs.existsSync(it)),
      [false, true, true],
    )
    await api.deleteQueue({ id: 'one' })
    assert.deepEqual(
      gone.map(it => fs.existsSync(it)),
      [false, false, true],
    )
    await api.deleteSession({ id: 'two' })
    assert.deepEqual(
      gone.map(it => fs.existsSync(it)),
      [false, false, false],
    )
  })

  test('more than one batch is purged, and numbers of events do not come back', async t => {
    const { api, lane, add, clock } = await open(t)
    const queue = await lane()
    for (let n = 0; n < 205; n++) await add(queue)
    await api.endQueue({ id: 'auth' })
    const last = (await api.listEvents({ limit: 1 })).events[0]?.seq as number
    clock.advance(4 * day)
    assert.deepEqual(await api.purge(), { purged: 205 })
    const [purged] = (await api.listEvents({ event: 'task.purged', limit: 1 })).events
    assert.ok((purged?.seq ?? 0) > last)
  })
}
