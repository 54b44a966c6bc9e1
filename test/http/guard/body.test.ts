import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertRefused, dial, type Guarded, request, send, startGuarded } from './support.ts'

const headersOf = ({ port }: Guarded, more: Record<string, string>) => ({
  Host: `localhost:${port}`,
  'Content-Type': 'application/json',
  ...more,
})
const chunk = (size: number) => `${size.toString(16)}\r\n${'x'.repeat(size)}\r\n`

test('a body up to the limit comes in, in one piece or in chunks', async t => {
  const guarded = await startGuarded(t, { maxBodyBytes: 1000 })
  const body = 'x'.repeat(1000)
  const whole = request('POST /api', headersOf(guarded, { 'Content-Length': '1000' }), body)
  assert.equal((await send(guarded.port, whole))?.status, 200)
  const chunked = request('POST /api', headersOf(guarded, { 'Transfer-Encoding': 'chunked' }), chunk(999))
  assert.equal((await send(guarded.port, `${chunked}${chunk(1)}0\r\n\r\n`))?.status, 200)
  assert.deepEqual(guarded.bodies, [body, body])
})

test('a body that is announced as too large is refused before it is sent', async t => {
  const guarded = await startGuarded(t, { maxBodyBytes: 1000 })
  for (const method of ['POST', 'DELETE', 'GET']) {
    const bytes = request(`${method} /api`, headersOf(guarded, { 'Content-Length': '1001' }))
    assertRefused(await send(guarded.port, bytes), 413, method)
  }
  const huge = request('POST /api', headersOf(guarded, { 'Content-Length': '99999999999999999' }))
  assertRefused(await send(guarded.port, huge), 413, 'huge')
  assert.deepEqual(guarded.entered, [])
})

test('a body in chunks is refused as soon as it is too large, and what reads it never sees an end', async t => {
  const guarded = await startGuarded(t, { maxBodyBytes: 1000 })
  const head = request('POST /api', headersOf(guarded, { 'Transfer-Encoding': 'chunked' }))
  const cases = {
    'in one chunk': `${chunk(1001)}0\r\n\r\n`,
    'in many': `${chunk(1).repeat(1001)}0\r\n\r\n`,
    'without an end': chunk(600).repeat(2),
    'in a chunk without an end': `ffffffff\r\n${'x'.repeat(100_000)}`,
  }
  const refusals = Object.entries(cases).map(async ([how, body]) => {
    const line = await dial(guarded.port)
    assertRefused(await line.ask(head + body), 413, how)
    await line.closed
  })
  await Promise.all(refusals)
  assert.deepEqual(guarded.bodies, [])
})

test('whoever sends a large body gets to read why it was refused', async t => {
  const guarded = await startGuarded(t, { maxBodyBytes: 1000 })
  for (const method of ['POST', 'PUT']) {
    const response = await fetch(`http://localhost:${guarded.port}/api`, {
      method,
      headers: { 'Content-Type': 'application/json' },
      body: 'x'.repeat(3_000_000),
    })
    assert.equal(response.status, 413)
    assert.match(await response.text(), /"code":"too_large"/)
  }
})

test('whoever asks before sending a body is told to go on, or why not', async t => {
  const guarded = await startGuarded(t)
  const ask = (more: Record<string, string>) =>
    request('POST /api', headersOf(guarded, { 'Content-Length': '2', Expect: '100-continue', ...more }))
  const line = await dial(guarded.port)
  t.after(line.close)
  assert.equal((await line.ask(ask({})))?.status, 100)
  assert.equal((await line.ask('{}'))?.status, 200)
  assert.deepEqual(guarded.bodies, ['{}'])
  assertRefused(await send(guarded.port, ask({ Origin: 'http://evil.test' })), 403, 'another page')
  assert.equal(guarded.guard.refusals().find(({ reason }) => reason === 'origin')?.count, 1)
  assert.equal(guarded.entered.length, 1)
})

test('garbage in the middle of a body is a refusal', async t => {
  const guarded = await startGuarded(t)
  const bytes = request('POST /api', headersOf(guarded, { 'Transfer-Encoding': 'chunked' }), 'zz\r\n')
  assertRefused(await send(guarded.port, bytes), 400, 'zz')
  assert.deepEqual(guarded.bodies, [])
})
