import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { waitFor } from '../../support/wait.ts'
import { askAs, isLinuxRoot, lacks, otherMachine, tellAs } from './strangers.ts'
import { dial, type Guarded, request, startGuarded, token } from './support.ts'

const Authorization = `Bearer ${token}`
const nobody = { uid: 65_534 }
const ways = [
  { listens: '127.0.0.1', from: '127.0.0.1' },
  { listens: '0.0.0.0', from: '127.0.0.1' },
  { listens: '::', from: '127.0.0.1' },
  { listens: '::', from: '::1' },
]

test('another user of this machine needs the token, except for the pages', async t => {
  if (!isLinuxRoot()) return lacks(t, 'to become another user takes root on Linux')
  for (const { listens, from } of ways) {
    const guarded = await startGuarded(t, { host: listens })
    const headers = { Host: `localhost:${guarded.port}`, 'Content-Type': 'application/json' }
    const ask = (...requests: string[]) => askAs(nobody, from, guarded.port, requests.join(''))
    const last = { ...headers, Connection: 'close' }

    const refused = await ask(request('GET /api/tasks', headers), request('POST /api/tasks', last))
    assert.equal(refused.match(/HTTP\/1.1 403/g)?.length, 2, `${from} to ${listens}: ${refused}`)
    assert.match(refused, /Another user of this machine \(uid 65534\)/)
    assert.deepEqual(guarded.entered, [], `${from} to ${listens}`)

    const page = await ask(request('GET /ui/', headers), request('GET /api/tasks', last))
    assert.match(page, /HTTP\/1.1 200[\s\S]*HTTP\/1.1 403/)
    const mixed = await ask(
      request('POST /api/tasks', { ...headers, Authorization }),
      request('GET /api', last),
    )
    assert.match(mixed, /HTTP\/1.1 200[\s\S]*HTTP\/1.1 403/)
    assert.deepEqual(guarded.entered, ['GET /ui/', 'POST /api/tasks'], `${from} to ${listens}`)

    const ours = await dial(guarded.port, from)
    assert.equal((await ours.ask(request('GET /api/tasks', headers)))?.status, 200, `${from} to ${listens}`)
    ours.close()
  }
})

test('another user who has hung up already does not pass for root', async t => {
  if (!isLinuxRoot()) return lacks(t, 'to become another user takes root on Linux')
  for (const { listens, from } of ways) {
    const guarded = await startGuarded(t, { host: listens })
    const headers = { Host: `localhost:${guarded.port}`, 'Content-Type': 'application/json' }
    tellAs(nobody, from, guarded.port, request('POST /api/tasks', headers))
    await waitFor('the refusal', () => countOf(guarded, 'token') === 1)
    assert.deepEqual(guarded.entered, [], `${from} to ${listens}`)
    tellAs(nobody, from, guarded.port, request('POST /api/tasks', { ...headers, Authorization }))
    await waitFor('the request', () => guarded.entered.length === 1)
  }
})

test('another machine needs the token, except for the pages', async t => {
  const other = await otherMachine(t)
  if (!other) return
  const { ours, theirs, stranger } = other
  for (const listens of ['0.0.0.0', '::']) {
    const guarded = await startGuarded(t, { host: listens })
    const headers = {
      Host: `${ours}:${guarded.port}`,
      'Content-Type': 'application/json',
      Connection: 'close',
    }
    const ask = (first: string, more: Record<string, string> = {}) =>
      askAs(stranger, ours, guarded.port, request(first, { ...headers, ...more }))

    const claims: Record<string, string>[] = [
      {},
      { Host: `localhost:${guarded.port}` },
      { Authorization: 'Bearer x' },
      { Cookie: `token=${token}` },
    ]
    for (const claim of claims) {
      for (const first of [
        'GET /api/tasks',
        'POST /api/tasks',
        'DELETE /api/tasks/1',
        'GET /health',
        'POST /ui/',
      ]) {
        const answer = await ask(first, claim)
        assert.match(answer, /^HTTP\/1.1 403 /, `${first} ${JSON.stringify(claim)}`)
        assert.ok(answer.includes(`Another machine (${theirs})`), answer)
      }
    }
    assert.match(await ask('GET /ui/', { Host: `evil.test:${guarded.port}` }), /^HTTP\/1.1 403 /)
    assert.deepEqual(guarded.entered, [])

    for (const first of ['GET /', 'GET /ui/tasks', 'HEAD /ui/']) {
      assert.match(await ask(first), /^HTTP\/1.1 200 /, first)
    }
    for (const first of ['GET /api/tasks', 'POST /api/tasks']) {
      assert.match(await ask(first, { Authorization }), /^HTTP\/1.1 200 /, first)
    }
    assert.match(await ask('GET /api', { Authorization, Origin: 'http://evil.test' }), /^HTTP\/1.1 403 /)
  }
})

test('another machine comes into an open server, which keeps the other checks', async t => {
  const other = await otherMachine(t)
  if (!other) return
  const { port } = await startGuarded(t, { host: '0.0.0.0', access: 'open' })
  const ask = (headers: Record<string, string>) =>
    askAs(other.stranger, other.ours, port, request('GET /api', { ...headers, Connection: 'close' }))
  assert.match(await ask({ Host: `${other.ours}:${port}` }), /^HTTP\/1.1 200 /)
  assert.match(await ask({ Host: `evil.test:${port}` }), /^HTTP\/1.1 403 /)
})

test('another machine does not reach a server on 127.0.0.1', async t => {
  const other = await otherMachine(t)
  if (!other) return
  const { port } = await startGuarded(t, { host: '127.0.0.1' })
  await assert.rejects(askAs(other.stranger, other.ours, port, 'GET / HTTP/1.0\r\n\r\n'), /refused/i)
})

test('nothing is left of the other machines', t => {
  if (!isLinuxRoot()) return lacks(t, 'no other machine was made')
  const links = execFileSync('cat', ['/proc/net/dev'], { encoding: 'utf8' })
  assert.doesNotMatch(links, /sparkq\d/)
})

const countOf = ({ guard }: Guarded, asked: string) =>
  guard.refusals().find(({ reason }) => reason === asked)?.count
