import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertRefused, dial, type Guarded, request, send, startGuarded } from './support.ts'

const long = 'a'.repeat(20_000)

/** [what, bytes, status] */
const malformed = (port: number): [string, string, number][] => {
  const host = `Host: localhost:${port}\r\n`
  const json = 'Content-Type: application/json\r\n'
  const post = `POST /api/tasks HTTP/1.1\r\n${host}${json}`
  return [
    ['no Host', 'GET / HTTP/1.1\r\n\r\n', 400],
    ['no Host in HTTP/1.0', 'GET / HTTP/1.0\r\n\r\n', 400],
    ['HTTP/0.9', 'GET /\r\n\r\n', 400],
    ['two Hosts', `GET / HTTP/1.1\r\n${host}${host}\r\n`, 400],
    ['a Host with a NUL', `GET / HTTP/1.1\r\nHost: localhost:${port}\0\r\n\r\n`, 400],
    ['a space before the colon', `GET / HTTP/1.1\r\nHost : localhost:${port}\r\n\r\n`, 400],
    ['a folded Host', `GET / HTTP/1.1\r\nHost:\r\n localhost:${port}\r\n\r\n`, 400],
    ['bare line feeds', `GET / HTTP/1.1\nHost: localhost:${port}\n\n`, 400],
    ['no target', `GET HTTP/1.1\r\n${host}\r\n`, 400],
    ['a target that is no path', `GET api/tasks HTTP/1.1\r\n${host}\r\n`, 400],
    ['a target of another scheme', `GET ftp://localhost:${port}/ HTTP/1.1\r\n${host}\r\n`, 400],
    ['https in the target', `GET https://localhost:${port}/ HTTP/1.1\r\n${host}\r\n`, 400],
    ['a file as the target', `GET file:///etc/passwd HTTP/1.1\r\n${host}\r\n`, 400],
    ['the server as the target', `OPTIONS * HTTP/1.1\r\n${host}\r\n`, 400],
    ['an absolute target elsewhere', `GET http://evil.test/ HTTP/1.1\r\n${host}\r\n`, 403],
    ['an absolute target at another port', `GET http://localhost/ HTTP/1.1\r\n${host}\r\n`, 403],
    ['an absolute target with a user', `GET http://a@localhost:${port}/ HTTP/1.1\r\n${host}\r\n`, 403],
    ['an absolute target without a host', `GET http:///ui/ HTTP/1.1\r\n${host}\r\n`, 403],
    ['a Host elsewhere', `GET http://localhost:${port}/ HTTP/1.1\r\nHost: evil.test\r\n\r\n`, 403],
    ['an absolute target without Host', `GET http://localhost:${port}/ HTTP/1.1\r\n\r\n`, 400],
    ['dots in an absolute target', `GET http://localhost:${port}/ui/../api HTTP/1.1\r\n${host}\r\n`, 400],
    ['an unknown method', `BREW / HTTP/1.1\r\n${host}\r\n`, 400],
    ['a method in small letters', `get / HTTP/1.1\r\n${host}\r\n`, 400],
    ['TRACE', `TRACE / HTTP/1.1\r\n${host}\r\n`, 405],
    ['PROPFIND', `PROPFIND / HTTP/1.1\r\n${host}${json}\r\n`, 405],
    ['QUERY', `QUERY / HTTP/1.1\r\n${host}${json}\r\n`, 405],
    ['CONNECT', `CONNECT localhost:${port} HTTP/1.1\r\n${host}\r\n`, 405],
    ['CONNECT elsewhere', `CONNECT evil.test:443 HTTP/1.1\r\nHost: evil.test:443\r\n\r\n`, 405],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
    ['HTTP/3.7', `GET / HTTP/3.7\r\n${host}\r\n`, 400],
    ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
    ['line noise', '\0\xff\xfe\0\r\n\r\n', 400],
    ['another protocol', 'EHLO mail.test\r\n', 400],
    ['length and chunks', `${post}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
    ['chunks and length', `${post}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n`, 400],
    ['two lengths', `${post}Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}`, 400],
    ['two lengths in one', `${post}Content-Length: 2, 2\r\n\r\n{}`, 400],
    ['a negative length', `${post}Content-Length: -1\r\n\r\n`, 400],
    ['a length in hex', `${post}Content-Length: 0x2\r\n\r\n{}`, 400],
    ['an encoding after chunks', `${post}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`, 400],
    [
      'two encodings',
      `${post}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      400,
    ],
    ['huge headers', `GET / HTTP/1.1\r\n${host}X: ${long}\r\n\r\n`, 413],
    ['a huge target', `GET /${long} HTTP/1.1\r\n${host}\r\n`, 413],
    ['a huge Host', `GET / HTTP/1.1\r\nHost: ${long}\r\n\r\n`, 413],
    ['headers without end', `GET / HTTP/1.1\r\n${host}${'a:b\r\n'.repeat(100_000)}`, 413],
    ['many headers', `GET / HTTP/1.1\r\n${host}${'a:\r\n'.repeat(200)}\r\n`, 413],
    ['very many headers', `GET / HTTP/1.1\r\n${host}${'a:\r\n'.repeat(1500)}\r\n`, 413],
    ['two origins', `GET / HTTP/1.1\r\n${host}Origin: a\r\nOrigin: a\r\n\r\n`, 400],
    ['two sites', `GET / HTTP/1.1\r\n${host}Sec-Fetch-Site: none\r\nSec-Fetch-Site: none\r\n\r\n`, 400],
    ['two types', `${post}${json}Content-Length: 2\r\n\r\n{}`, 400],
    ['two tokens', `GET / HTTP/1.1\r\n${host}Authorization: a\r\nAuthorization: b\r\n\r\n`, 400],
    ['another expectation', `${post}Expect: miracles\r\nContent-Length: 2\r\n\r\n{}`, 400],
    ['a WebSocket', `GET /api/events HTTP/1.1\r\n${host}${upgradeTo('websocket')}\r\n`, 400],
    ['a WebSocket elsewhere', `GET / HTTP/1.1\r\nHost: evil.test\r\n${upgradeTo('websocket')}\r\n`, 403],
    [
      'a WebSocket of another page',
      `GET / HTTP/1.1\r\n${host}Origin: http://evil.test\r\n${upgradeTo('websocket')}\r\n`,
      403,
    ],
    ['a WebSocket without Host', `GET / HTTP/1.1\r\n${upgradeTo('websocket')}\r\n`, 400],
    ['HTTP/2 elsewhere', `GET / HTTP/1.1\r\nHost: evil.test\r\n${upgradeTo('h2c')}\r\n`, 403],
  ]
}

const upgradeTo = (protocol: string) =>
  `Connection: Upgrade\r\nUpgrade: ${protocol}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n`

test('what is malformed is answered, does not hang and does not get in', async t => {
  const guarded = await startGuarded(t)
  for (const [what, bytes, status] of malformed(guarded.port)) {
    assertRefused(await send(guarded.port, bytes), status, what)
    assert.deepEqual(guarded.entered, [], what)
  }
})

test('a request in the body of a refused one does not get in', async t => {
  const guarded = await startGuarded(t)
  const inner = get(guarded, '/api/inner')
  const outer = request(
    'POST /api/outer',
    { Host: 'evil.test', 'Content-Length': String(inner.length) },
    inner,
  )
  const line = await dial(guarded.port)
  assertRefused(await line.ask(outer), 403, 'outer')
  await line.closed
  assert.deepEqual(guarded.entered, [])
})

test('what follows a malformed request on its connection is not read', async t => {
  const guarded = await startGuarded(t)
  const line = await dial(guarded.port)
  assertRefused(await line.ask(`nonsense\r\n\r\n${get(guarded, '/api/a')}`), 400, 'nonsense')
  line.write(get(guarded, '/api/b'))
  await line.closed
  assert.deepEqual(guarded.entered, [])
})

test('what follows an upgrade or a CONNECT on its connection is not read', async t => {
  const guarded = await startGuarded(t)
  const first = [
    [`GET / HTTP/1.1\r\nHost: localhost:${guarded.port}\r\n${upgradeTo('websocket')}\r\n`, 400],
    [`CONNECT localhost:${guarded.port} HTTP/1.1\r\nHost: localhost:${guarded.port}\r\n\r\n`, 405],
  ] as const
  for (const [bytes, status] of first) {
    const line = await dial(guarded.port)
    assertRefused(await line.ask(bytes + get(guarded, '/api/a')), status, bytes)
    line.write(get(guarded, '/api/b'))
    await line.closed
  }
  assert.deepEqual(guarded.entered, [])
})

test('half a request is given up, and a silent connection without a word', async t => {
  const server = { headersTimeout: 200, requestTimeout: 300 }
  const guarded = await startGuarded(t, { server })
  const half = `GET / HTTP/1.1\r\nHost: localhost:${guarded.port}\r\n`
  assertRefused(await send(guarded.port, half), 400, 'half of the headers')
  const body = `POST / HTTP/1.1\r\nHost: localhost:${guarded.port}\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{`
  assertRefused(await send(guarded.port, body), 400, 'half of the body')
  assert.equal(await send(guarded.port, ''), null)
  assert.equal(countOf(guarded), 2)
})

test('every request of a connection is looked at', async t => {
  const guarded = await startGuarded(t)
  const line = await dial(guarded.port)
  t.after(line.close)
  for (let i = 0; i < 3; i++) {
    assert.equal((await line.ask(get(guarded, '/api/ours')))?.status, 200)
    assertRefused(await line.ask(request('GET /api/theirs', { Host: 'evil.test' })), 403, 'evil.test')
  }
  const all = [get(guarded, '/api/ours'), request('GET /api/theirs', { Host: 'evil.test' })].join('')
  assert.equal((await line.ask(all))?.status, 200)
  assertRefused(await line.ask(''), 403, 'the second of two sent at once')
  assert.deepEqual(guarded.entered, Array(4).fill('GET /api/ours'))
})

test('an absolute target that is ours arrives as a path', async t => {
  const guarded = await startGuarded(t)
  const headers = { Host: `localhost:${guarded.port}` }
  for (const [target, path] of [
    [`http://localhost:${guarded.port}/api/tasks?a=b`, '/api/tasks?a=b'],
    [`HTTP://127.0.0.1:${guarded.port}`, '/'],
    [`http://127.0.0.1:${guarded.port}?a`, '/?a'],
  ] as const) {
    assert.equal((await send(guarded.port, request(`GET ${target}`, headers)))?.status, 200, target)
    assert.equal(guarded.entered.pop(), `GET ${path}`)
  }
})

test('an offer to speak HTTP/2 is passed over', async t => {
  const guarded = await startGuarded(t)
  const bytes = `POST /api/tasks HTTP/1.1\r\nHost: localhost:${guarded.port}\r\nContent-Type: application/json\r\nContent-Length: 2\r\n${upgradeTo('h2c')}\r\n{}`
  assert.equal((await send(guarded.port, bytes))?.status, 200)
  assert.deepEqual(guarded.bodies, ['{}'])
})

const get = ({ port }: Guarded, path: string) => request(`GET ${path}`, { Host: `localhost:${port}` })
const countOf = ({ guard }: Guarded) => guard.refusals().reduce((sum, { count }) => sum + count, 0)
