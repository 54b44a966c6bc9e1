import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assertRefused, request, send, startGuarded } from './support.ts'

const traversals = [
  '/..',
  '/.',
  '/../etc/passwd',
  '/ui/../api/tasks',
  '/ui/..',
  '/ui/./index.html',
  '/ui/%2e%2e/api/tasks',
  '/ui/%2E%2E/api/tasks',
  '/ui/.%2e/api/tasks',
  '/ui/%2e./api/tasks',
  '/ui/%2e',
  '/ui/..%2f..%2fetc/passwd',
  '/ui/%2f',
  '/ui/%2F..',
  '/api%2ftasks',
  '/ui/..%5c..%5cetc',
  '/ui/%5C',
  '/ui\\..\\api',
  '\\ui',
  '/\\evil.test',
  '//evil.test/',
  '//evil.test/%2e%2e',
  '/ui//api',
  '///',
  '/ui/%00',
  '/ui/index.html%00.png',
  '/ui/%',
  '/ui/%2',
  '/ui/%zz',
  '/ui/%c0%ae%c0%ae/api',
  '/ui/%c0%af',
  '/ui/%e0%80%af',
  '/ui/%ff',
  '/ui/%u002e%u002e/',
  '/ui/#/../api',
  '/#token=x',
  '/ui/\xe9',
  '/ui/\xc0\xae\xc0\xae',
  '/ui/\x01',
  '/ui/\x7f',
  '/ui/..?x',
  '/api/tasks/../../ui/?x=/',
]

/** Odd, but there is only one way to read them. */
const names = [
  '/ui/...',
  '/ui/..a',
  '/ui/.well-known',
  '/ui/%252e%252e/api',
  '/ui/%252f',
  '/ui/..;/api',
  '/ui/a%20b',
  '/api/queues/Gr%C3%BCn',
  '/ui/?next=../../etc&x=%2f%5c%00\\//..',
  '/ui/%E2%80%A5',
]

test('a path that can be read in two ways is refused before anything routes by it', async t => {
  const guarded = await startGuarded(t)
  const headers = { Host: `localhost:${guarded.port}` }
  for (const path of traversals) {
    assertRefused(await send(guarded.port, request(`GET ${path}`, headers)), 400, path)
    const absolute = request(`GET http://localhost:${guarded.port}${path}`, headers)
    if (path.startsWith('/')) assertRefused(await send(guarded.port, absolute), 400, path)
    const link = {
      ...headers,
      'Sec-Fetch-Site': 'cross-site',
      'Sec-Fetch-Mode': 'navigate',
      'Sec-Fetch-Dest': 'document',
    }
    assertRefused(await send(guarded.port, request(`GET ${path}`, link)), 400, path)
  }
  assert.deepEqual(guarded.entered, [])
})

test('a path arrives as it was sent', async t => {
  const guarded = await startGuarded(t)
  for (const path of names) {
    const answer = await send(guarded.port, request(`GET ${path}`, { Host: `localhost:${guarded.port}` }))
    assert.equal(answer?.status, 200, path)
    assert.equal(guarded.entered.pop(), `GET ${path}`)
  }
})
