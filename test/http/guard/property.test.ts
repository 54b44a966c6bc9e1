import assert from 'node:assert/strict'
import { hostname } from 'node:os'
import { test } from 'node:test'
import fc from 'fast-check'
import { ownAddresses } from './oracle.ts'
import { dial, request, startGuarded, token } from './support.ts'

const headerNames = [
  'Origin',
  'Referer',
  'Sec-Fetch-Site',
  'Sec-Fetch-Mode',
  'Sec-Fetch-Dest',
  'Content-Type',
  'Authorization',
  'X-Forwarded-Host',
  'X-Forwarded-For',
  'X-Host',
  'X-Original-Host',
  'X-HTTP-Method-Override',
  'X-Rewrite-URL',
  'Forwarded',
  'Cookie',
  'Accept',
]

test('no combination of headers lets in a request whose Host is not ours', async t => {
  const guarded = await startGuarded(t)
  const { port } = guarded
  const ours = ['localhost', '127.0.0.1', '[::1]', hostname(), ...ownAddresses()]
  const isOurs = (host: string) => {
    const at = host.toLowerCase()
    if (ours.some(name => at === `${name.toLowerCase()}:${port}`)) return true
    return (
      new RegExp(`^([a-z0-9_-]+\\.)*localhost\\.?:${port}$`).test(at) ||
      at.startsWith('127.') ||
      at.startsWith('[')
    )
  }
  const own = `localhost:${port}`
  const piece = fc.constantFrom(
    ...ours,
    String(port),
    ':',
    '.',
    '@',
    '#',
    '/',
    '[',
    ']',
    'evil.test',
    'a',
    '%',
    '0',
  )
  const host = fc
    .oneof(
      fc.array(piece, { minLength: 1, maxLength: 6 }).map(pieces => pieces.join('')),
      fc.domain(),
      fc.webAuthority(),
      fc.ipV4(),
    )
    .filter(text => /^[\x21-\x7e]+$/.test(text) && !isOurs(text))
  const value = fc.oneof(
    fc.constantFrom(
      own,
      `http://${own}`,
      'same-origin',
      'none',
      'navigate',
      'document',
      'application/json',
      `Bearer ${token}`,
      `host=${own}`,
    ),
    fc.string({ unit: fc.constantFrom(...'abc:/.=;,"'), maxLength: 20 }),
  )
  const headers = fc.dictionary(fc.constantFrom(...headerNames), value)
  const method = fc.constantFrom('GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'DELETE')
  const path = fc.constantFrom('/', '/ui/', '/api/tasks', '/health', `http://${own}/`)
  let line = await dial(port)
  t.after(() => line.close())
  await fc.assert(
    fc.asyncProperty(method, path, host, headers, async (method, path, host, headers) => {
      const answer = await line.ask(request(`${method} ${path}`, { Host: host, ...headers }))
      if (answer?.headers.connection === 'close') line = await dial(port)
      assert.ok(answer, 'closed without an answer')
      assert.ok(answer.status === 403 || answer.status === 400, `${answer.status}`)
      assert.deepEqual(guarded.entered, [])
    }),
    { numRuns: 2000 },
  )
})

test('whatever bytes are sent, the server answers or closes, and goes on', async t => {
  const guarded = await startGuarded(t)
  const { port } = guarded
  const bytes = fc.oneof(
    fc.string({
      unit: fc.integer({ min: 0, max: 255 }).map(code => String.fromCharCode(code)),
      minLength: 1,
      maxLength: 60,
    }),
    fc
      .array(
        fc.constantFrom(
          'GET ',
          'POST ',
          '/',
          ' HTTP/1.1',
          '\r\n',
          'Host: ',
          `localhost:${port}`,
          'evil.test',
          '\0',
          ':',
          'Transfer-Encoding: chunked',
          'Upgrade: x',
          'Connection: upgrade',
          ' ',
        ),
        { maxLength: 14 },
      )
      .map(parts => parts.join('')),
  )
  await fc.assert(
    fc.asyncProperty(bytes, async text => {
      const line = await dial(port)
      // The end of a request, whatever was begun; and if that is none, of the connection.
      const answer = await line.ask(`X${text}\r\n\r\n\r\n\r\n\0`)
      line.close()
      assert.ok(answer === null || answer.status >= 400, `${answer?.status}`)
      assert.deepEqual(guarded.entered, [])
    }),
    { numRuns: 500 },
  )
  const line = await dial(port)
  assert.equal((await line.ask(request('GET /', { Host: `localhost:${port}` })))?.status, 200)
  line.close()
})
