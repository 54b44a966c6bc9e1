import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { openProject } from '../support/project.ts'
import { waitFor } from '../support/wait.ts'
import { serve } from './serve.ts'

const hasCurl = spawnSync('curl', ['--version']).status === 0

test('a day of work with curl alone', { skip: !hasCurl && 'curl is not installed' }, async t => {
  const { core } = openProject(t)
  const { url } = await serve(t, core)

  const curl = (...args: string[]): Promise<{ status: number; body: Record<string, unknown> }> =>
    new Promise((resolve, reject) => {
      const child = spawn('curl', ['-sS', '-w', '\n%{http_code}', ...args])
      let text = ''
      child.stdout.on('data', chunk => {
        text += chunk
      })
      child.once('error', reject)
      child.once('close', () => {
        const at = text.lastIndexOf('\n')
        resolve({ status: Number(text.slice(at + 1)), body: JSON.parse(text.slice(0, at)) })
      })
    })
  const post = (path: string, body: unknown = {}, method = 'POST') =>
    curl('-X', method, '-H', 'Content-Type: application/json', '-d', JSON.stringify(body), `${url}${path}`)
  const get = (path: string) => curl(`${url}${path}`)

  const listener = spawn('curl', ['-sSN', `${url}/api/events`])
  t.after(() => {
    listener.kill()
  })
  let heard = ''
  listener.stdout.on('data', chunk => {
    heard += chunk
  })
  const hears = (event: string) => waitFor(`${event} is heard`, () => heard.includes(`event: ${event}\n`))
  await hears('hello')

  assert.equal((await post('/api/sessions', { name: 'may' })).status, 201)
  assert.equal(
    (await post('/api/queues', { session_id: 'may', name: 'auth', instructions: 'Be kind.' })).status,
    201,
  )
  await hears('queue.created')
  for (const command of ['make', 'make test', 'make lint']) {
    const made = await post('/api/tasks', { queue_id: 'auth', tool_name: 'run-bash', payload: { command } })
    assert.equal(made.status, 201)
  }
  await hears('task.enqueued')

  const peeked = (await get('/api/queues/auth/peek')).body.task as Record<string, unknown>
  assert.deepEqual([peeked.friendly_id, peeked.status], ['AUTH-1', 'queued'])
  const claimed = (await post('/api/queues/auth/claim', { worker_id: 'me' })).body.task as Record<
    string,
    unknown
  >
  assert.deepEqual([claimed.id, claimed.status, claimed.worker_id], [peeked.id, 'running', 'me'])
  await hears('task.claimed')
  const completed = await post('/api/tasks/AUTH-1/complete', {
    result_summary: 'Built.',
    result_data: { ok: true },
  })
  assert.equal((completed.body.task as Record<string, unknown>).status, 'succeeded')
  await hears('task.succeeded')
  assert.equal((await post('/api/tasks/AUTH-1/complete', { result_summary: 'Otherwise.' })).status, 409)
  const requeued = await post('/api/tasks/AUTH-1/requeue')
  assert.deepEqual(
    [requeued.status, (requeued.body.task as Record<string, unknown>).friendly_id],
    [201, 'AUTH-4'],
  )

  const names: string[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const { body } = await get(
      `/api/tasks?queue_id=auth&status=queued&limit=2${cursor && `&cursor=${cursor}`}`,
    )
    names.push(...(body.tasks as { friendly_id: string }[]).map(task => task.friendly_id))
    cursor = body.next_cursor as string | null
  }
  assert.deepEqual(names, ['AUTH-4', 'AUTH-3', 'AUTH-2'])

  const wrong = await post('/api/tasks', { queue_id: 'auth', tool_name: 'run-bsh', payload: {} })
  assert.deepEqual([wrong.status, wrong.body.code], [400, 'invalid'])
  assert.equal((await get('/api/tasks/AUTH-99')).status, 404)
  assert.equal((await post('/api/queues/auth/end', {}, 'PUT')).status, 200)
  await hears('queue.ended')
  assert.equal((await post('/api/sessions/may', {}, 'DELETE')).status, 200)
  await hears('session.deleted')

  const ids = [...heard.matchAll(/^id: (\d+)$/gm)].map(match => Number(match[1]))
  assert.deepEqual(
    ids,
    Array.from({ length: ids.length }, (_, at) => (ids[0] as number) + at),
  )
})
