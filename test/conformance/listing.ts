import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Input } from '../../src/contract/api.ts'
import { refused } from '../support/refused.ts'
import { type Harness, namesOf, type World } from './harness.ts'

export function listing({ open }: Harness): void {
  test('lists begin with the newest', async t => {
    const { api, lane, add } = await open(t)
    const queue = await lane('one')
    await lane('two')
    await add(queue)
    await add(queue)
    assert.deepEqual(
      (await api.listSessions()).sessions.map(it => it.name),
      ['two', 'one'],
    )
    assert.deepEqual(
      (await api.listQueues()).queues.map(it => it.name),
      ['two', 'one'],
    )
    assert.deepEqual(namesOf((await api.listTasks()).tasks), ['ONE-2', 'ONE-1'])
  })

  /** Two lanes in two sessions; a task of each status, of two tools. */
  async function variety(world: World): Promise<void> {
    const { api, lane, add, running, succeeded } = world
    const [one, two] = [await lane('one'), await lane('two')]
    await succeeded(one)
    const { id } = await running(one)
    await api.failTask({ id, error_message: 'No access to Überbau.', error_detail: 'HTTP 403' })
    await running(one)
    await add(one, { payload: { command: 'echo "Grüße" > \\tmp' } })
    await add(two, { tool_name: 'llm-haiku', payload: { prompt: 'Überweisung prüfen' } })
    await api.reviewTask({ id: 'ONE-1', decision: 'accepted' })
  }

  const filters: [Input<'listTasks'>, string[]][] = [
    [{}, ['TWO-1', 'ONE-4', 'ONE-3', 'ONE-2', 'ONE-1']],
    [{ queue_id: 'ONE' }, ['ONE-4', 'ONE-3', 'ONE-2', 'ONE-1']],
    [{ session_id: 'two' }, ['TWO-1']],
    [{ status: 'queued' }, ['TWO-1', 'ONE-4']],
    [{ status: 'running' }, ['ONE-3']],
    [{ status: 'succeeded' }, ['ONE-1']],
    [{ status: 'failed', queue_id: 'one' }, ['ONE-2']],
    [{ tool_name: 'llm-haiku' }, ['TWO-1']],
    [{ review: 'unreviewed' }, ['ONE-2']],
    [{ review: 'accepted' }, ['ONE-1']],
    [{ q: 'one-3' }, ['ONE-3']],
    [{ q: 'no ACCESS' }, ['ONE-2']],
    [{ q: '403' }, ['ONE-2']],
    [{ q: 'Done.' }, ['ONE-1']],
    [{ q: 'Überweisung' }, ['TWO-1']],
    [{ q: 'überweisung' }, ['TWO-1']],
    [{ q: 'überbau' }, ['ONE-2']],
    [{ q: 'echo "Grüße" > \\tmp' }, ['ONE-4']],
    [{ q: '%' }, []],
  ]
  for (const [filter, expected] of filters) {
    test(`tasks are found by ${JSON.stringify(filter)}`, async t => {
      const world = await open(t)
      await variety(world)
      assert.deepEqual(namesOf((await world.api.listTasks(filter)).tasks), expected)
    })
  }

  test('a filter by what is not there is refused', async t => {
    const { api } = await open(t)
    await refused(api.listTasks({ queue_id: 'nowhere' }), 'not_found')
    await refused(api.listTasks({ session_id: 'nowhere' }), 'not_found')
    await refused(api.listTasks({ tool_name: 'run-bsh' }), 'invalid', /"run-bash"/)
    await refused(api.listTasks({ status: 'done' as never }), 'invalid', /queued, running, succeeded, failed/)
  })

  test('archived lanes are listed only when asked for', async t => {
    const { api, lane } = await open(t)
    await lane('one')
    await lane('two', { session_id: 'one', status: 'planned' })
    await lane('three')
    await api.archiveQueue({ id: 'one' })
    const names = async (input?: Input<'listQueues'>) =>
      (await api.listQueues(input)).queues.map(it => it.name)
    assert.deepEqual(await names(), ['three', 'two'])
    assert.deepEqual(await names({ archived: true }), ['three', 'two', 'one'])
    assert.deepEqual(await names({ status: 'archived' }), ['one'])
    assert.deepEqual(await names({ status: 'planned' }), ['two'])
    assert.deepEqual(await names({ session_id: 'one' }), ['two'])
    assert.deepEqual(await names({ session_id: 'one', archived: true, status: 'active' }), [])
  })

  test('sessions are listed by status', async t => {
    const { api } = await open(t)
    for (const name of ['one', 'two']) await api.createSession({ name })
    await api.endSession({ id: 'one' })
    assert.deepEqual(
      (await api.listSessions({ status: 'active' })).sessions.map(it => it.name),
      ['two'],
    )
    assert.deepEqual(
      (await api.listSessions({ status: 'ended' })).sessions.map(it => it.name),
      ['one'],
    )
  })

  test('pages neither repeat nor skip, whatever is added meanwhile', async t => {
    const { api, lane, add } = await open(t)
    const queue = await lane()
    for (let n = 0; n < 7; n++) await add(queue)
    const seen: string[] = []
    let cursor: string | null = null
    do {
      const page = await api.listTasks({ limit: 3, ...(cursor ? { cursor } : {}) })
      assert.ok(page.tasks.length <= 3)
      seen.push(...namesOf(page.tasks))
      cursor = page.next_cursor
      await add(queue)
    } while (cursor !== null)
    assert.deepEqual(seen, ['AUTH-7', 'AUTH-6', 'AUTH-5', 'AUTH-4', 'AUTH-3', 'AUTH-2', 'AUTH-1'])
  })

  test('a page goes on behind its cursor when that row is deleted', async t => {
    const { api, lane, add } = await open(t)
    const queue = await lane()
    for (let n = 0; n < 4; n++) await add(queue)
    const { next_cursor } = await api.listTasks({ limit: 2 })
    await api.deleteTask({ id: 'AUTH-3' })
    const page = await api.listTasks({ limit: 2, cursor: next_cursor as string })
    assert.deepEqual(namesOf(page.tasks), ['AUTH-2', 'AUTH-1'])
  })

  test('sessions and lanes come in pages too', async t => {
    const { api, lane } = await open(t)
    for (const name of ['one', 'two', 'three']) await lane(name)
    const sessions = await api.listSessions({ limit: 2 })
    const rest = await api.listSessions({ limit: 2, cursor: sessions.next_cursor as string })
    assert.deepEqual(
      [...sessions.sessions, ...rest.sessions].map(it => it.name),
      ['three', 'two', 'one'],
    )
    assert.equal(rest.next_cursor, null)
    const queues = await api.listQueues({ limit: 2 })
    const more = await api.listQueues({ limit: 2, cursor: queues.next_cursor as string })
    assert.deepEqual(
      [...queues.queues, ...more.queues].map(it => it.name),
      ['three', 'two', 'one'],
    )
  })

  test('a page has at most 500, and a cursor is one that a listing answered', async t => {
    const { api } = await open(t)
    for (const limit of [0, 501, 1.5, '5' as never])
      await refused(api.listTasks({ limit }), 'invalid', /limit/)
    for (const cursor of ['x', '', '-1', '1; DROP'])
      await refused(api.listTasks({ cursor }), 'invalid', /cursor/)
  })

  test('a list of tasks spares the lanes’ instructions', async t => {
    const { api, lane, add } = await open(t)
    await add(await lane('auth', { instructions: 'Long.' }))
    const [task] = (await api.listTasks()).tasks
    assert.deepEqual(Object.keys(task?.queue ?? {}), ['id', 'name'])
  })
}
