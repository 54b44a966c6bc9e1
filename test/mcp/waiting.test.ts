import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { CallToolResult, Client } from '@modelcontextprotocol/client'
import { site } from '../cli/run-cli.ts'
import { waitFor } from '../support/wait.ts'
import { call, connectOverStdio, newClient, overHttp, reaches, serveMcp } from './reach.ts'

type Waited = { task: { friendly_id: string } | null; none_because: string | null }

/** Begins to wait in the lane "default"; it waits once it has said so. */
async function begin(client: Client, { signal }: { signal?: AbortSignal } = {}) {
  let told = ''
  const answer = client.callTool(
    { name: 'wait_for_task', arguments: { lane: 'default', wait_s: 100 } },
    { timeout: 120_000, onprogress: ({ message = '' }) => (told = message), ...(signal ? { signal } : {}) },
  )
  const task = answer.then(result => (result as CallToolResult).structuredContent as Waited)
  task.catch(() => {})
  assert.equal(await waitFor('it says that it waits', () => told), 'Waiting for a task in the lane "default"')
  return { answer: task }
}

const work = { queue_id: 'default', tool_name: 'run-bash', payload: { command: 'true' } }

for (const { name, connect } of reaches) {
  describe(`over ${name}`, () => {
    test('a wait is over as soon as a task is queued', async t => {
      const made = await site(t)
      const { answer: waited } = await begin(await connect(t, made))
      await made.core.createTask(work)
      assert.equal((await waited).task?.friendly_id, 'DEFAULT-1')
    })

    test('a wait that is given up takes nothing', async t => {
      const made = await site(t)
      const client = await connect(t, made)
      const giving = new AbortController()
      const { answer: waited } = await begin(client, { signal: giving.signal })
      giving.abort()
      await assert.rejects(waited)
      // Answered after the cancellation, which went the same way before it.
      await call(client, 'list_lanes')
      const { task } = await made.core.createTask(work)
      assert.equal((await call(client, 'peek', { lane: 'default' })).data.task.id, task.id)
    })

    test('while one waits, others are answered', async t => {
      const made = await site(t)
      const client = await connect(t, made)
      const { answer: waited } = await begin(client)
      await Promise.all(Array.from({ length: 20 }, () => call(client, 'list_lanes')))
      await made.core.pauseQueue({ id: 'default' })
      await made.core.createTask(work)
      assert.equal((await call(client, 'claim', { lane: 'default' })).data.none_because, 'not_active')
      await made.core.resumeQueue({ id: 'default' })
      assert.equal((await waited).task?.friendly_id, 'DEFAULT-1')
    })
  })
}

test('a task that becomes due is taken', async t => {
  const made = await site(t)
  await made.core.createTask({ ...work, not_before: new Date(Date.now() + 700).toISOString() })
  const client = await connectOverStdio(t, made)
  const { data } = await call(client, 'wait_for_task', { lane: 'default', wait_s: 30 })
  assert.equal(data.task.friendly_id, 'DEFAULT-1')
})

test('nothing within the time is said, with the call that waits on', async t => {
  const client = await connectOverStdio(t, await site(t))
  const { data, text } = await call(client, 'wait_for_task', { lane: 'default', wait_s: 1 })
  assert.equal(data.none_because, 'empty')
  assert.deepEqual(data.next[0], {
    when: 'to wait for work',
    tool: 'wait_for_task',
    arguments: { lane: 'default' },
  })
  assert.match(text, /it is empty/)
})

test('two that wait never get the same task', async t => {
  const made = await site(t)
  const clients = await Promise.all([1, 2, 3].map(() => connectOverStdio(t, made)))
  const waits = await Promise.all(clients.map(it => begin(it)))
  for (const _ of clients) await made.core.createTask(work)
  const taken = (await Promise.all(waits.map(it => it.answer))).map(it => it.task?.friendly_id)
  assert.deepEqual(taken.sort(), ['DEFAULT-1', 'DEFAULT-2', 'DEFAULT-3'])
})

for (const revision of ['2025-11-25', '2026-07-28'] as const) {
  test(`a server that stops answers who waits (${revision})`, async t => {
    const made = await site(t)
    const { server, url } = await serveMcp(t, made)
    const client = newClient(revision)
    await client.connect(overHttp(url))
    t.after(() => client.close())
    const { answer: waited } = await begin(client)
    await server.close()
    assert.equal((await waited).task, null)
  })
}

test('it works through a server', async t => {
  const made = await site(t)
  const { url } = await serveMcp(t, made)
  const client = await connectOverStdio(t, made, { args: ['--url', url] })
  const { answer: waited } = await begin(client)
  await made.core.createTask(work)
  assert.equal((await waited).task?.friendly_id, 'DEFAULT-1')
  const { data } = await call(client, 'complete', { task: 'DEFAULT-1', result_summary: 'Done.' })
  assert.equal(data.task.status, 'succeeded')
})
