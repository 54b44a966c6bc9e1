import assert from 'node:assert/strict'
import http from 'node:http'
import { test } from 'node:test'
import { ownAddresses } from './oracle.ts'
import { assertRefused, dial, request, send, startGuarded, token } from './support.ts'

const proxyHeaders = {
  Forwarded: 'for=127.0.0.1',
  'X-Forwarded-For': '127.0.0.1',
  'X-Forwarded-Host': 'localhost',
  'X-Forwarded-Proto': 'https',
  'x-forwarded-anything': '',
  'X-Real-IP': '127.0.0.1',
  Via: '1.1 proxy',
  'CF-Connecting-IP': '127.0.0.1',
}

test('this machine needs no token, on whatever address of its own', async t => {
  const { port } = await startGuarded(t, { host: '::' })
  for (const address of ['127.0.0.1', '127.5.6.7', '[::1]', ...ownAddresses()]) {
    const headers = { Host: `${address}:${port}`, 'Content-Type': 'application/json' }
    const answer = await send(port, request('POST /api/tasks', headers), address.replace(/[[\]]/g, ''))
    assert.equal(answer?.status, 200, `${address}: ${answer?.body}`)
  }
})

test('this machine needs no token on IPv4 alone either', async t => {
  const { port } = await startGuarded(t, { host: '0.0.0.0' })
  const headers = { Host: `localhost:${port}` }
  for (const address of ['127.0.0.1', '::ffff:127.0.0.1']) {
    assert.equal((await send(port, request('GET /api', headers), address))?.status, 200, address)
  }
})

test('what comes through a proxy needs the token, except for the pages', async t => {
  const guarded = await startGuarded(t)
  const Host = `localhost:${guarded.port}`
  const ask = (first: string, more: Record<string, string>) =>
    send(guarded.port, request(first, { Host, 'Content-Type': 'application/json', ...more }))
  for (const [name, value] of Object.entries(proxyHeaders)) {
    for (const first of [
      'GET /api/tasks',
      'GET /health',
      'GET /uix',
      'POST /ui/',
      'DELETE /',
      'OPTIONS /ui/',
    ]) {
      assertRefused(await ask(first, { [name]: value }), 403, `${first} ${name}`)
    }
    assert.deepEqual(guarded.entered, [])
    for (const first of ['GET /', 'GET /ui', 'GET /ui/tasks', 'HEAD /ui/assets/a.js']) {
      assert.equal((await ask(first, { [name]: value }))?.status, 200, `${first} ${name}`)
    }
    const bearer = { [name]: value, Authorization: `Bearer ${token}` }
    assert.equal((await ask('POST /api/tasks', bearer))?.status, 200, name)
    guarded.entered.length = 0
  }
})

test('a proxy is heard of however many headers come before its own', async t => {
  const guarded = await startGuarded(t)
  const head = `GET /api HTTP/1.1\r\nHost: localhost:${guarded.port}\r\n`
  for (const [count, status] of [
    [198, 403],
    [199, 413],
    [999, 413],
    [1001, 413],
    [2000, 413],
    [3500, 413],
  ] as const) {
    const bytes = `${head}${'a:\r\n'.repeat(count)}Via: x\r\n\r\n`
    assertRefused(await send(guarded.port, bytes), status, `${count} headers`)
  }
  assert.deepEqual(guarded.entered, [])
})

test('only the token itself is one', async t => {
  const { port } = await startGuarded(t)
  const ask = (Authorization: string | undefined) =>
    send(port, request('GET /api', { Host: `localhost:${port}`, Via: 'x', Authorization }))
  for (const right of [`Bearer ${token}`, `bearer ${token}`, `BEARER  ${token}`]) {
    assert.equal((await ask(right))?.status, 200, right)
  }
  const wrong = [
    undefined,
    '',
    'Bearer',
    'Bearer ',
    token,
    `Basic ${token}`,
    `Bearer ${token}x`,
    `Bearer ${token.slice(1)}`,
    `Bearer ${token.toUpperCase()}`,
    `Bearer ${token}, Bearer x`,
    `Bearer x ${token}`,
    'Bearer undefined',
    'Bearer null',
  ]
  for (const each of wrong) assertRefused(await ask(each), 403, String(each))
})

test('the token is not taken from an address, a cookie or a body', async t => {
  const { port } = await startGuarded(t)
  const headers = { Host: `localhost:${port}`, Via: 'x', Cookie: `token=${token}`, 'X-Token': token }
  assertRefused(await send(port, request(`GET /api?token=${token}`, headers)), 403, 'address and cookie')
})

test('where there is no token nobody has it', async t => {
  const { port } = await startGuarded(t, { token: () => undefined })
  const ask = (Authorization: string) =>
    send(port, request('GET /api', { Host: `localhost:${port}`, Via: 'x', Authorization }))
  for (const each of ['Bearer', 'Bearer ', 'Bearer undefined', 'Bearer x']) {
    const answer = await ask(each)
    assertRefused(answer, 403, each)
    assert.equal(JSON.parse(answer.body).hint, 'sparkq setup')
  }
})

test('a token does not open the door to other pages, hosts and paths', async t => {
  const guarded = await startGuarded(t)
  const Authorization = `Bearer ${token}`
  const Host = `localhost:${guarded.port}`
  const refusals = [
    [request('GET /api', { Host: 'evil.test', Authorization }), 403],
    [request('GET /api', { Host, Authorization, 'Sec-Fetch-Site': 'cross-site' }), 403],
    [request('GET /api', { Host, Authorization, Origin: 'http://evil.test' }), 403],
    [request('POST /api', { Host, Authorization }), 415],
    [request('GET /ui/../api', { Host, Authorization }), 400],
  ] as const
  for (const [bytes, status] of refusals) assertRefused(await send(guarded.port, bytes), status, bytes)
  assert.deepEqual(guarded.entered, [])
})

test('an open server asks nobody for a token, and keeps the other checks', async t => {
  const guarded = await startGuarded(t, { access: 'open' })
  const Host = `localhost:${guarded.port}`
  assert.equal((await send(guarded.port, request('GET /api', { Host, Via: 'x' })))?.status, 200)
  guarded.entered.length = 0
  const refusals = [
    [request('GET /api', { Host: 'evil.test' }), 403],
    [request('GET /api', { Host, 'Sec-Fetch-Site': 'cross-site' }), 403],
    [request('GET /api', { Host, Origin: 'null' }), 403],
    [request('POST /api', { Host }), 415],
    [request('GET /..', { Host }), 400],
  ] as const
  for (const [bytes, status] of refusals) assertRefused(await send(guarded.port, bytes), status, bytes)
  assert.deepEqual(guarded.entered, [])
})

test('the pages of the UI may ask for everything, and other programs too', async t => {
  const guarded = await startGuarded(t)
  const origin = `http://127.0.0.1:${guarded.port}`
  const Host = `127.0.0.1:${guarded.port}`
  const page = (mode: string, dest: string) => ({
    Host,
    'Sec-Fetch-Site': 'same-origin',
    'Sec-Fetch-Mode': mode,
    'Sec-Fetch-Dest': dest,
  })
  const json = { 'Content-Type': 'application/json', Origin: origin }
  const asked = [
    request('GET /ui/', {
      Host,
      'Sec-Fetch-Site': 'none',
      'Sec-Fetch-Mode': 'navigate',
      'Sec-Fetch-Dest': 'document',
    }),
    request('GET /ui/assets/main.js', page('no-cors', 'script')),
    request('GET /ui/assets/main.css', page('no-cors', 'style')),
    request('GET /api/tasks', page('cors', 'empty')),
    request('GET /api/events', page('cors', 'empty')),
    request('POST /api/tasks', { ...page('cors', 'empty'), ...json, 'Content-Length': '2' }, '{}'),
    request('DELETE /api/tasks/1', { ...page('cors', 'empty'), ...json }),
    // A browser that knows no Sec-Fetch headers, or sends none to an address without TLS.
    request('PUT /api/tasks/1', { Host, ...json, 'Content-Length': '2' }, '{}'),
    request('GET /api/tasks', { Host }),
  ]
  const line = await dial(guarded.port)
  t.after(line.close)
  for (const bytes of asked) assert.equal((await line.ask(bytes))?.status, 200, bytes)
  // Node's fetch says `sec-fetch-mode`, but not from where.
  const body = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' }
  assert.equal((await fetch(`${origin}/api/tasks`, body)).status, 200)
  assert.equal(await statusOf(http.get(`${origin}/api/tasks`)), 200)
})

const statusOf = (asked: http.ClientRequest) =>
  new Promise((resolve, reject) => {
    asked.once('error', reject).once('response', response => resolve(response.resume().statusCode))
  })
