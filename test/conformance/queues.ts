import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Api } from '../../src/contract/api.ts'
import { type QueueSettingsPatch, type QueueStatus, queueStatuses } from '../../src/contract/queues.ts'
import { self } from '../../src/processes/identity.ts'
import { refused } from '../support/refused.ts'
import type { Harness, World } from './harness.ts'

const id = 'auth'

const patch = (settings: QueueSettingsPatch) => settings as never

type Step = 'activate' | 'pause' | 'resume' | 'end' | 'archive' | 'unarchive'
const take: Record<Step, (api: Api) => Promise<unknown>> = {
  activate: api => api.activateQueue({ id }),
  pause: api => api.pauseQueue({ id }),
  resume: api => api.resumeQueue({ id }),
  end: api => api.endQueue({ id }),
  archive: api => api.archiveQueue({ id }),
  unarchive: api => api.unarchiveQueue({ id }),
}

/** SPEC 4: where each step leads from each state; what is not here is a conflict. `archived` was `active` before. */
const leads: Record<QueueStatus, Partial<Record<Step, QueueStatus>>> = {
  planned: { activate: 'active', end: 'ended', archive: 'archived' },
  active: { pause: 'idle', end: 'ended', archive: 'archived' },
  idle: { resume: 'active', activate: 'active', end: 'ended', archive: 'archived' },
  ended: { archive: 'archived' },
  archived: { unarchive: 'active' },
}

async function reach({ api, lane }: World, status: QueueStatus): Promise<void> {
  await lane(id, status === 'planned' ? { status } : {})
  if (status === 'idle') await api.pauseQueue({ id })
  if (status === 'ended') await api.endQueue({ id })
  if (status === 'archived') await api.archiveQueue({ id })
}

export function queues({ open }: Harness): void {
  for (const from of queueStatuses) {
    for (const step of Object.keys(take) as Step[]) {
      const to = leads[from][step]
      test(
        to ? `${step} takes a lane from ${from} to ${to}` : `${step} is refused of a lane that is ${from}`,
        async t => {
          const world = await open(t)
          await reach(world, from)
          if (to) await take[step](world.api)
          else await refused(take[step](world.api), 'conflict', /"auth"/)
          assert.equal((await world.api.getQueue({ id })).queue.status, to ?? from)
        },
      )
    }
  }

  for (const before of ['planned', 'active', 'idle', 'ended'] as const) {
    test(`a lane that was ${before} is so again when it is unarchived`, async t => {
      const world = await open(t)
      await reach(world, before)
      const { queue } = await world.api.getQueue({ id })
      world.clock.advance(5)
      const archived = await world.api.archiveQueue({ id })
      assert.equal(archived.queue.archived_at, world.clock.stamp())
      const back = await world.api.unarchiveQueue({ id })
      assert.deepEqual(back.queue, { ...queue, updated_at: world.clock.stamp() })
    })
  }

  test('a pause says by whom and why', async t => {
    const { api, lane } = await open(t)
    await lane()
    const { queue } = await api.pauseQueue({ id, reason: ' Looking at it. ' })
    assert.deepEqual([queue.status, queue.pause_reason, queue.resume_at], ['idle', 'Looking at it.', null])
    assert.ok(queue.paused_by)
    const { queue: back } = await api.resumeQueue({ id })
    assert.deepEqual([back.pause_reason, back.paused_by], [null, null])
  })

  test('a pause ends at a time that is one', async t => {
    const { api, lane } = await open(t)
    await lane()
    await refused(api.pauseQueue({ id, resume_at: 'soon' }), 'invalid')
    await refused(api.pauseQueue({ id, resume_at: '2026-99-99T99:99:99.999Z' }), 'invalid')
  })

  test('ending a lane cancels what is queued in it', async t => {
    const { api, lane, add, succeeded, clock } = await open(t)
    const queue = await lane()
    await succeeded(queue)
    await add(queue)
    await add(queue, { not_before: clock.stamp(60) })
    const ended = await api.endQueue({ id })
    assert.deepEqual(ended.queue.counts, { queued: 0, running: 0, succeeded: 1, failed: 2 })
    assert.equal(ended.queue.ended_at, clock.stamp())
    const { task } = await api.getTask({ id: 'AUTH-3' })
    assert.deepEqual([task.status, task.error_type], ['failed', 'cancelled'])
    assert.match(task.error_message ?? '', /"auth" was ended/)
  })

  test('a lane with a running task is neither ended, archived nor deleted', async t => {
    const { api, lane, running } = await open(t)
    await running(await lane())
    await refused(api.endQueue({ id }), 'conflict', /AUTH-1 is still running/)
    await refused(api.archiveQueue({ id }), 'conflict', /running task/)
    await refused(api.deleteQueue({ id }), 'conflict', /AUTH-1 is still running/)
    assert.equal((await api.getQueue({ id })).queue.status, 'active')
  })

  test('ending a lane cancels what runs in it, when told to', async t => {
    const { api, lane, add, running } = await open(t)
    const queue = await lane()
    await running(queue)
    await add(queue)
    const ended = await api.endQueue({ id, cancel_running: true })
    assert.deepEqual(ended.queue.counts, { queued: 0, running: 0, succeeded: 0, failed: 2 })
  })

  test('ending a lane waits until its runner has stopped what runs', async t => {
    const { api, lane, add } = await open(t, { realClock: true })
    await add(await lane())
    const { runner } = await api.startRunner({ queue_id: id, mode: 'run', process: self() })
    await api.claimTask({ id, runner_id: runner.id })
    const events = api.watchEvents({ after: 0, signal: t.signal })
    const ending = api.endQueue({ id, cancel_running: true })
    for await (const { event } of events) if (event === 'task.cancel_requested') break
    assert.equal((await api.getQueue({ id })).queue.status, 'idle')
    await api.finishAttempt({ id: 'AUTH-1', attempt: 1, ending: { kind: 'stopped', cause: 'cancelled' } })
    assert.equal((await ending).queue.status, 'ended')
  })

  test('a deleted lane takes its tasks with it', async t => {
    const { api, lane, add, running } = await open(t)
    const queue = await lane()
    await running(queue)
    const task = await add(queue)
    assert.equal((await api.deleteQueue({ id, cancel_running: true })).queue.id, queue.id)
    await refused(api.getQueue({ id }), 'not_found')
    await refused(api.getTask({ id: task.id }), 'not_found')
    assert.deepEqual((await api.listTasks()).tasks, [])
  })

  test('a lane’s name, instructions and settings can be changed, each alone', async t => {
    const { api, lane, clock } = await open(t)
    await lane()
    clock.advance(3)
    await api.updateQueue({ id, instructions: 'Mind the tests.' })
    await api.updateQueue({ id, settings: patch({ on_failure: 'pause', on_wait: 'skip' }) })
    await api.updateQueue({ id, settings: patch({ on_wait: null, default_tool: 'run-bash' }) })
    const { queue } = await api.updateQueue({ id, name: 'login' })
    assert.deepEqual(
      [queue.name, queue.instructions, queue.settings, queue.updated_at],
      ['login', 'Mind the tests.', { on_failure: 'pause', default_tool: 'run-bash' }, clock.stamp()],
    )
    assert.equal((await api.updateQueue({ id: 'login', instructions: null })).queue.instructions, null)
  })

  test('an unknown setting, value or tool is refused', async t => {
    const { api, lane } = await open(t)
    await lane()
    await refused(api.updateQueue({ id, settings: { on_fail: 'pause' } as never }), 'invalid', /on_fail/)
    await refused(
      api.updateQueue({ id, settings: { on_failure: 'stop' as never } }),
      'invalid',
      /continue, pause/,
    )
    await refused(
      api.updateQueue({ id, settings: patch({ default_tool: 'run-bsh' }) }),
      'invalid',
      /"run-bash"/,
    )
    await refused(lane('other', { settings: { default_tool: 'run-bsh' } }), 'invalid', /"run-bash"/)
  })

  test('counts tell how many tasks of each status a lane has', async t => {
    const { api, lane, add, running, succeeded } = await open(t)
    const queue = await lane()
    assert.deepEqual(queue.counts, { queued: 0, running: 0, succeeded: 0, failed: 0 })
    await succeeded(queue)
    await api.cancelTask({ id: (await add(queue)).id })
    await running(queue)
    await add(queue)
    await add(queue)
    const counts = { queued: 2, running: 1, succeeded: 1, failed: 1 }
    assert.deepEqual((await api.getQueue({ id })).queue.counts, counts)
    assert.deepEqual((await api.listQueues()).queues[0]?.counts, counts)
  })
}
