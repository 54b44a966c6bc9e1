import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refused } from '../support/refused.ts'
import type { Harness } from './harness.ts'

export function serving({ open }: Harness): void {
  test('it says that it answers, and which version it is', async t => {
    const { api } = await open(t)
    assert.deepEqual(await api.getHealth(), { status: 'ok', space: null })
    assert.match((await api.getVersion()).version, /^\d+\.\d+\.\d+/)
  })

  test('the stats count what there is', async t => {
    const { api, lane, add, running } = await open(t)
    const queue = await lane()
    await running(queue)
    await add(queue)
    const failed = await running(await lane('other'))
    await api.failTask({ id: failed.id, error_message: 'no' })
    const stats = await api.getStats()
    assert.deepEqual(stats.tasks, { queued: 1, running: 1, succeeded: 0, failed: 1 })
    assert.equal(stats.queues.active, 2)
    assert.equal(stats.unreviewed, 1)
    assert.equal(stats.runners, 0)
    assert.equal(stats.notification, null)
  })

  test('many tasks are queued together, or none of them', async t => {
    const { api, lane } = await open(t)
    await lane()
    const task = (command: string) => ({ queue_id: 'auth', tool_name: 'run-bash', payload: { command } })
    const { tasks, created } = await api.createTasks({ tasks: [task('a'), task('b')] })
    assert.deepEqual(
      tasks.map(it => it.friendly_id),
      ['AUTH-1', 'AUTH-2'],
    )
    assert.equal(created, 2)
    const error = await refused(
      api.createTasks({ tasks: [task('c'), { ...task('d'), tool_name: 'nope' }] }),
      'invalid',
      /^Task 2: /,
    )
    assert.deepEqual(
      error.errors.map(it => it.pointer),
      ['/tasks/1/tool_name'],
    )
    assert.equal((await api.listTasks()).tasks.length, 2)
    assert.equal((await api.createTasks({ tasks: [task('e')] })).tasks[0]?.friendly_id, 'AUTH-3')
  })

  test('a reload of an unchanged file changes nothing', async t => {
    const { api } = await open(t)
    assert.deepEqual(await api.reload(), { changes: [], warnings: [] })
  })
}
