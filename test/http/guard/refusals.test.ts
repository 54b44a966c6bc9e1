import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGuard } from '../../../src/http/guard/guard.ts'
import { testClock } from '../../support/clock.ts'
import { refused } from '../../support/refused.ts'
import { type Answer, request, send, startGuarded } from './support.ts'

test('refusals are counted by reason, for today', async t => {
  const clock = testClock('2026-03-01T12:00:00.000Z')
  const { port, guard } = await startGuarded(t, { clock, maxBodyBytes: 10 })
  const Host = `localhost:${port}`
  assert.ok(guard.refusals().every(({ count, last_at }) => count === 0 && last_at === null))
  const json = { Host, 'Content-Type': 'application/json' }
  const ask = [
    request('GET /', { Host: 'evil.test' }),
    request('GET /', { Host: 'evil.test', 'Sec-Fetch-Site': 'cross-site' }),
    request('GET /api', { Host, 'Sec-Fetch-Site': 'cross-site' }),
    request('GET /api', { Host, 'Sec-Fetch-Site': 'same-site' }),
    request('GET /api', { Host, 'Sec-Fetch-Site': 'none' }),
    request('GET /', { Host, Origin: 'null' }),
    request('POST /', { Host }),
    request('TRACE /', { Host }),
    request('GET /..', { Host }),
    request('GET /api', { Host, Via: '1.1 proxy' }),
    request('POST /', { ...json, 'Content-Length': '11' }),
    request('POST /', { ...json, 'Transfer-Encoding': 'chunked' }, `b\r\n${'x'.repeat(11)}\r\n`),
    'nonsense\r\n\r\n',
    request('CONNECT a:1', { Host }),
    request('GET /', {}),
    request('GET /', { Host, Connection: 'Upgrade', Upgrade: 'websocket' }),
  ]
  for (const bytes of ask) await send(port, bytes)
  const counts = () => Object.fromEntries(guard.refusals().map(({ reason, count }) => [reason, count]))
  const today = {
    host: 2,
    cross_site: 2,
    origin: 1,
    content_type: 1,
    token: 1,
    too_large: 2,
    malformed: 3,
    method: 2,
    path: 1,
  }
  assert.deepEqual(counts(), today)
  assert.ok(guard.refusals().every(({ last_at }) => last_at === clock.stamp()))

  const before = clock.stamp()
  clock.advance(24 * 3600)
  await send(port, request('GET /', { Host: 'evil.test' }))
  assert.deepEqual(counts(), { ...Object.fromEntries(Object.keys(today).map(key => [key, 0])), host: 1 })
  const last = Object.fromEntries(guard.refusals().map(({ reason, last_at }) => [reason, last_at]))
  assert.equal(last.host, clock.stamp())
  assert.equal(last.origin, before)
})

test('a refusal says what is wrong and what mends it', async t => {
  const { port } = await startGuarded(t)
  const Host = `localhost:${port}`
  const detail = (answer: Answer | null) => JSON.parse(answer?.body ?? '{}')
  const foreign = detail(await send(port, request('GET /', { Host: 'evil.test:1' })))
  assert.match(foreign.detail, /"evil\.test:1".*server\.allowed_hosts/)
  assert.equal(foreign.code, 'forbidden')
  const origin = detail(await send(port, request('GET /', { Host, Origin: 'http://evil.test' })))
  assert.match(origin.detail, /"http:\/\/evil\.test".*server\.allowed_hosts/)
  const type = detail(await send(port, request('DELETE /api/tasks/1', { Host })))
  assert.match(type.detail, /DELETE needs "Content-Type: application\/json"/)
  const method = await send(port, request('TRACE /', { Host }))
  assert.equal(method?.headers.allow, 'GET, HEAD, OPTIONS, POST, PUT, PATCH, DELETE')
  const token = detail(await send(port, request('GET /api', { Host, Via: 'x' })))
  assert.match(token.detail, /proxy or tunnel.*Authorization: Bearer/)
  assert.equal(token.hint, 'sparkq status --token')
  const long = detail(await send(port, request('GET /', { Host: `${'a'.repeat(5000)}.test` })))
  assert.ok(long.detail.length < 400)
})

test('a host that cannot be one is refused in the settings', async () => {
  for (const host of ['http://sparkq.example', 'a b', '', '*.example', 'fd00::2', 'a:99999']) {
    const guard = () =>
      createGuard({
        access: 'local',
        allowedHosts: [host],
        token: () => undefined,
        port: () => 1,
        maxBodyBytes: 1,
      })
    await refused(guard, 'invalid', /server\.allowed_hosts/)
  }
})
