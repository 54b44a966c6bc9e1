import assert from 'node:assert/strict'
import { test } from 'node:test'
import { site } from '../cli/run-cli.ts'
import { problemOf, send } from '../http/raw.ts'
import { serve } from '../http/serve.ts'
import { serveMcp } from './reach.ts'

const accept = { Accept: 'application/json, text/event-stream' }
const list = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} }

test('the guard stands before /mcp as before everything', async t => {
  const { port, errors } = await serveMcp(t, await site(t))
  const status = async (headers: Record<string, string>, body = JSON.stringify(list)) =>
    (
      await send(port, 'POST', '/mcp', {
        headers: { 'Content-Type': 'application/json', ...accept, ...headers },
        body,
      })
    ).status
  assert.equal(await status({}), 200)
  assert.equal(await status({ Host: 'evil.example' }), 403)
  assert.equal(await status({ Origin: 'http://evil.example' }), 403)
  assert.equal(await status({ 'Sec-Fetch-Site': 'cross-site' }), 403)
  assert.equal(await status({ 'Sec-Fetch-Site': 'same-site' }), 403)
  assert.equal(await status({ 'X-Forwarded-For': '10.0.0.1' }), 403)
  assert.equal(await status({ 'Content-Type': 'text/plain' }), 415)
  assert.equal(await status({}, `{"x": "${'x'.repeat(9 * 1024 * 1024)}"}`), 413)
  assert.equal(await status({}), 200)
  assert.deepEqual(errors, [])
})

test('only POST is there, and what is no message is refused', async t => {
  const { port, errors } = await serveMcp(t, await site(t))
  for (const method of ['GET', 'PUT', 'DELETE', 'PATCH']) {
    const answer = await send(port, method, '/mcp', { headers: accept })
    assert.equal(answer.status, 405, method)
    assert.equal(answer.headers.allow, 'POST')
    assert.equal(problemOf(answer).code, 'method_not_allowed')
  }
  for (const body of [
    '',
    '{',
    'null',
    '[]',
    '[1]',
    '{}',
    '"x"',
    '{"jsonrpc":"2.0"}',
    '{"id":1}',
    '['.repeat(5000),
  ]) {
    const answer = await send(port, 'POST', '/mcp', {
      headers: { ...accept, 'Content-Type': 'application/json' },
      body,
    })
    assert.equal(answer.status, 400, body.slice(0, 40))
  }
  // As clients leave: without a type.
  const leaving = await send(port, 'DELETE', '/mcp', { body: '', headers: { 'Mcp-Session-Id': 'x' } })
  assert.equal(leaving.status, 405)
  assert.equal((await send(port, 'DELETE', '/api/tasks/x', { body: '' })).status, 415, 'nowhere else')
  const elsewhere = { 'Sec-Fetch-Site': 'cross-site' }
  assert.equal((await send(port, 'DELETE', '/mcp', { body: '', headers: elsewhere })).status, 403)
  const unknown = await send(port, 'POST', '/mcp', {
    headers: accept,
    json: { ...list, method: 'tools/destroy' },
  })
  assert.match(unknown.body.toString(), /-32601/)
  assert.equal((await send(port, 'POST', '/mcp', { json: list })).status, 406, 'nothing is accepted')
  assert.equal((await send(port, 'POST', '/mcp/x', { headers: accept, json: list })).status, 404)
  assert.deepEqual(errors, [])
})

test('nothing is kept for a session: any request may come first, and after a restart', async t => {
  const made = await site(t)
  const first = await serveMcp(t, made)
  const begin = {
    protocolVersion: '2025-06-18',
    capabilities: {},
    clientInfo: { name: 'codex mcp', version: '1' },
  }
  const begun = await send(first.port, 'POST', '/mcp', {
    headers: accept,
    json: { jsonrpc: '2.0', id: 0, method: 'initialize', params: begin },
  })
  const session = String(begun.headers['mcp-session-id'])
  assert.match(session, /^codex-mcp-[0-9a-f-]{36}$/)
  await made.core.createTask({ queue_id: 'default', tool_name: 'run-bash', payload: { command: 'true' } })
  const second = await serveMcp(t, made)
  const claimed = await send(second.port, 'POST', '/mcp', {
    headers: { ...accept, 'Mcp-Session-Id': session, 'Mcp-Protocol-Version': '2025-06-18' },
    json: { ...list, method: 'tools/call', params: { name: 'claim', arguments: { lane: 'default' } } },
  })
  assert.match(claimed.body.toString(), /DEFAULT-1 is yours/)
  assert.equal((await made.core.getTask({ id: 'DEFAULT-1' })).task.worker_id, session)
})

test('a server without it has nothing there', async t => {
  const { port } = await serve(t, (await site(t)).core)
  assert.equal((await send(port, 'POST', '/mcp', { headers: accept, json: list })).status, 404)
})
