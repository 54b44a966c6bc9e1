import assert from 'node:assert/strict'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import type { Event } from '../../src/contract/events.ts'
import { createHttpClient } from '../../src/http/client.ts'
import { openProject } from '../support/project.ts'
import { refused } from '../support/refused.ts'
import { waitFor } from '../support/wait.ts'
import { badLine, passOn } from './proxy.ts'
import { serve } from './serve.ts'

async function open(t: TestContext) {
  const project = openProject(t)
  const allowedHosts: string[] = []
  const serving = await serve(t, project.core, { allowedHosts })
  const line = await badLine(t, serving.port)
  allowedHosts.push(new URL(line.url).host)
  const client = createHttpClient({ url: line.url, retry: { pausesMs: [1, 2, 4] } })
  t.after(client.close)
  return { ...project, ...serving, line, client }
}

/** What a watch tells, gathered in the background. */
function gather(events: AsyncIterable<Event>) {
  const seqs: number[] = []
  const ended = (async () => {
    for await (const { seq } of events) seqs.push(seq)
  })()
  ended.catch(() => {})
  return { seqs, ended }
}

test('a line that breaks again and again loses no event and doubles none', async t => {
  const { core, client, line } = await open(t)
  const { events: before } = await core.listEvents({ after: 0 })
  const { seqs } = gather(client.watchEvents({ after: 0, signal: t.signal }))
  for (let n = 0; n < 60; n++) {
    await core.createSession({ name: `n${n}` })
    if (n % 7 === 3) {
      await waitFor('some arrive', () => seqs.length > before.length + n - 5)
      line.cut()
    }
  }
  await waitFor('all arrive', () => seqs.length >= before.length + 60)
  assert.deepEqual(
    seqs,
    (await core.listEvents({ after: 0, limit: 500 })).events.map(({ seq }) => seq),
  )
})

test('a server that is started again is gone on with where it stopped', async t => {
  const { core } = openProject(t)
  const first = await serve(t, core)
  const client = createHttpClient({ url: first.url })
  t.after(client.close)
  const { seqs } = gather(client.watchEvents({ signal: t.signal }))
  await client.createSession({ name: 'one' })
  await waitFor('the first is heard', () => seqs.length === 1)
  await first.server.close()
  await core.createSession({ name: 'two' })
  await serve(t, core, { port: first.port })
  await waitFor('what was missed is heard', () => seqs.length === 2)
  await client.createSession({ name: 'three' })
  await waitFor('what comes after is heard', () => seqs.length === 3)
  assert.deepEqual(seqs, [seqs[0], (seqs[0] as number) + 1, (seqs[0] as number) + 2])
})

test('however slow the line, a call that is made after a watch began is told by it', async t => {
  const { core, client, line } = await open(t)
  line.behave((client, server) => {
    const late = setTimeout(() => passOn(client, server), line.connections() === 1 ? 100 : 0)
    client.once('close', () => clearTimeout(late))
  })
  const events = client.watchEvents({ signal: t.signal })[Symbol.asyncIterator]()
  const { session } = await client.createSession({ name: 'x' })
  assert.equal((await events.next()).value?.session_id, session.id)
  await events.return?.()
  assert.equal((await core.listSessions()).sessions.length, 1)
})

test('a watch that nobody reads any more lets its connection go', async t => {
  const { client, core, port } = await open(t)
  let watching = 0
  const api = {
    ...core,
    watchEvents: ((options: Parameters<typeof core.watchEvents>[0]) => {
      watching++
      options.signal.addEventListener('abort', () => watching--, { once: true })
      return core.watchEvents(options)
    }) as typeof core.watchEvents,
  }
  const counted = await serve(t, api)
  const other = createHttpClient({ url: counted.url })
  t.after(other.close)
  assert.notEqual(port, counted.port)
  const never = other.watchEvents({ signal: t.signal })[Symbol.asyncIterator]()
  const aborted = new AbortController()
  const waiting = other.watchEvents({ signal: aborted.signal })[Symbol.asyncIterator]().next()
  const left = (async () => {
    for await (const _ of other.watchEvents({ signal: t.signal })) return
  })()
  await waitFor('all are connected', () => watching === 3)
  await other.createSession({ name: 'x' })
  await left
  assert.equal((await waiting).done, false)
  await never.return?.()
  aborted.abort()
  await waitFor('all are gone', () => watching === 0)
  client.close()
})

test('closing the client ends its watches', async t => {
  const { client } = await open(t)
  const { ended } = gather(client.watchEvents({ signal: t.signal }))
  await client.createSession({ name: 'x' })
  client.close()
  await ended
  assert.deepEqual(await client.watchEvents({ signal: t.signal })[Symbol.asyncIterator]().next(), {
    value: undefined,
    done: true,
  })
})

test('a log that cannot be gone on with is said, not passed over', async t => {
  const { client } = await open(t)
  const events = client.watchEvents({ after: 1_000_000, signal: t.signal })[Symbol.asyncIterator]()
  await refused(events.next(), 'conflict', /no longer knows what happened after event 1000000/)
})

test('a server that is not there is said; one that refuses is not asked again', async t => {
  const { server, url } = await open(t)
  await server.close()
  const client = createHttpClient({ url, retry: { pausesMs: [1, 1] } })
  t.after(client.close)
  const events = client.watchEvents({ signal: t.signal })[Symbol.asyncIterator]()
  await refused(events.next(), 'unreachable', /nothing listens there/)

  let asked = 0
  const refusing = http.createServer((_req, res) => {
    asked++
    const problem = { code: 'forbidden', detail: 'Another machine must bring the token.', status: 403 }
    res.writeHead(403, { 'Content-Type': 'application/problem+json' }).end(JSON.stringify(problem))
  })
  await new Promise<void>(resolve => {
    refusing.listen(0, '127.0.0.1', resolve)
  })
  t.after(() => {
    refusing.closeAllConnections()
    refusing.close()
  })
  const stranger = createHttpClient({ url: `http://127.0.0.1:${(refusing.address() as AddressInfo).port}` })
  t.after(stranger.close)
  const none = stranger.watchEvents({ signal: t.signal })[Symbol.asyncIterator]()
  await refused(none.next(), 'forbidden', /must bring the token/)
  assert.equal(asked, 1)
})
