import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Api } from '../../src/contract/api.ts'
import type { Event } from '../../src/contract/events.ts'
import { type Message, readMessages } from '../../src/contract/sse.ts'
import { openProject } from '../support/project.ts'
import { waitFor } from '../support/wait.ts'
import { connect, getText, problemOf, send } from './raw.ts'
import { serve } from './serve.ts'

async function open(t: TestContext, options: Parameters<typeof serve>[2] = {}) {
  const project = openProject(t)
  const serving = await serve(t, project.core, options)
  const listen = (path = '/api/events', headers = {}) =>
    connect(t, serving.port, getText(path, serving.port, headers))
  return { ...project, ...serving, listen }
}

/** The messages in what a socket heard, whatever way it came in. */
async function messagesIn(text: string): Promise<Message[]> {
  const messages: Message[] = []
  const lines = text
    .slice(text.indexOf('\r\n\r\n'))
    .replaceAll(/^[0-9a-f]+\r\n/gm, '')
    .replaceAll('\r\n', '')
  for await (const message of readMessages(oneChunk(lines))) messages.push(message)
  return messages
}

async function* oneChunk(text: string) {
  yield Buffer.from(text)
}

const eventsIn = async (text: string): Promise<Event[]> =>
  (await messagesIn(text)).filter(({ event }) => event.includes('.')).map(({ data }) => JSON.parse(data))

const sessions = async (api: Api, names: string[]) => {
  for (const name of names) await api.createSession({ name })
}
const lastSeq = async (api: Api) => (await api.listEvents({ limit: 1 })).events[0]?.seq as number

test('a client is told at once that it listens, and from where on', async t => {
  const { core, listen } = await open(t)
  await sessions(core, ['before'])
  const seq = await lastSeq(core)
  const heard = await listen().has('event: hello')
  assert.match(heard, /content-type: text\/event-stream/i)
  assert.match(heard, /: connected\nretry: 1000\n\n/)
  assert.deepEqual(await messagesIn(`${heard}\n\n`), [
    { id: String(seq), event: 'hello', data: `{"seq":${seq}}` },
  ])
})

test('what happens is told as it happens, in order', async t => {
  const { core, listen } = await open(t)
  const stream = listen()
  await stream.has('event: hello')
  await sessions(core, ['one', 'two', 'three'])
  const seq = await lastSeq(core)
  const events = await eventsIn(await stream.has(new RegExp(`"seq":${seq},[^\n]*\n\n`)))
  assert.deepEqual(events, (await core.listEvents({ after: seq - 3 })).events)
})

test('a client that comes back is told what it missed, by header and by query', async t => {
  const { core, listen } = await open(t)
  await sessions(core, ['one', 'two', 'three'])
  const seq = await lastSeq(core)
  for (const stream of [
    listen('/api/events', { 'Last-Event-ID': String(seq - 2) }),
    listen(`/api/events?after=${seq - 2}`),
    listen('/api/events?after=0', { 'Last-Event-ID': String(seq - 2) }),
  ]) {
    const heard = await stream.has(new RegExp(`"seq":${seq},[^\n]*\n\n`))
    assert.deepEqual(
      (await messagesIn(heard)).map(({ id, event }) => [id, event]),
      [
        [String(seq - 2), 'hello'],
        [String(seq - 1), 'session.created'],
        [String(seq), 'session.created'],
      ],
    )
  }
})

test('after 0 is the whole log', async t => {
  const { core, listen } = await open(t)
  await sessions(core, ['one', 'two'])
  const { events } = await core.listEvents({ after: 0 })
  const heard = await listen('/api/events?after=0').has(new RegExp(`"seq":${await lastSeq(core)},[^\n]*\n\n`))
  assert.deepEqual(await eventsIn(heard), events)
})

test('an id that the log cannot go on from is answered with a reset, and then from now on', async t => {
  const { core, listen } = await open(t)
  await sessions(core, ['one'])
  const seq = await lastSeq(core)
  const stream = listen('/api/events', { 'Last-Event-ID': String(seq + 1000) })
  const [reset, hello] = await messagesIn(await stream.has(/event: hello\n[^\n]*\n\n/))
  assert.deepEqual(
    [reset?.event, reset?.id, hello?.event, hello?.id],
    ['reset', String(seq), 'hello', String(seq)],
  )
  await sessions(core, ['two'])
  await stream.has(`id: ${seq + 1}\nevent: session.created\n`)
})

test('an id older than what is kept is answered with a reset', async t => {
  const { core } = openProject(t)
  await sessions(core, ['one', 'two', 'three'])
  const seq = await lastSeq(core)
  const listEvents: Api['listEvents'] = async (input = {}) => {
    const { events } = await core.listEvents({ ...input, limit: 500 })
    const kept = events.filter(event => event.seq >= seq - 1)
    return { events: kept.slice(0, input.limit), next_cursor: null }
  }
  const { port } = await serve(t, { ...core, listEvents })
  const first = async (after: number) => {
    const stream = connect(t, port, getText('/api/events', port, { 'Last-Event-ID': String(after) }))
    return (await messagesIn(await stream.has(/event: hello\n[^\n]*\n\n/)))[0]?.event
  }
  assert.deepEqual(
    [await first(seq - 3), await first(seq - 2), await first(seq)],
    ['reset', 'hello', 'hello'],
  )
})

test('an id that is none is refused', async t => {
  const { port } = await open(t)
  for (const [path, headers] of [
    ['/api/events', { 'Last-Event-ID': 'x' }],
    ['/api/events?after=-1', {}],
    ['/api/events?after=x', {}],
    ['/api/events?since=1', {}],
  ] as const) {
    assert.equal((await send(port, 'GET', path, { headers })).status, 400, path)
  }
})

test('a client may listen to one lane or one task', async t => {
  const { core, listen, port } = await open(t)
  await sessions(core, ['s'])
  for (const name of ['one', 'two']) {
    await core.createQueue({ session_id: 's', name })
    await core.createTask({ queue_id: name, tool_name: 'run-bash', payload: { command: 'true' } })
  }
  const lane = listen('/api/events?after=0&queue_id=TWO')
  const task = listen('/api/events?after=0&task_id=one-1')
  await core.cancelTask({ id: 'TWO-1' })
  await core.cancelTask({ id: 'ONE-1' })
  const kinds = async (text: string) => (await eventsIn(text)).map(({ event }) => event)
  assert.deepEqual(await kinds(await lane.has(/task.failed\n[^\n]*\n\n/)), [
    'queue.created',
    'task.enqueued',
    'task.failed',
  ])
  assert.deepEqual(await kinds(await task.has(/task.failed\n[^\n]*\n\n/)), ['task.enqueued', 'task.failed'])
  const missing = await send(port, 'GET', '/api/events?queue_id=three')
  assert.deepEqual([missing.status, problemOf(missing).code], [404, 'not_found'])
})

test('what another process does arrives', async t => {
  const { listen, again } = await open(t)
  const other = again()
  const stream = listen()
  await stream.has('event: hello')
  for (let n = 0; n < 5; n++) {
    const begun = performance.now()
    await other.createSession({ name: `theirs ${n}` })
    await stream.has(`id: ${await lastSeq(other)}\n`)
    t.diagnostic(`heard after ${(performance.now() - begun).toFixed(1)} ms`)
  }
})

test('a stream in which nothing happens shows that it lives', async t => {
  const { listen } = await open(t, { heartbeatMs: 20 })
  await listen().has(/(: still here\n\n[^:]*){3}/)
})

test('a reader that is slow misses nothing, and keeps nobody waiting', async t => {
  const { core, listen } = await open(t)
  const stream = listen('/api/events?after=0')
  await stream.has('event: hello')
  stream.socket.pause()
  const instructions = 'x'.repeat(50_000)
  await core.createSession({ name: 's', instructions })
  for (let n = 0; n < 300; n++) await core.createSession({ name: `${'n'.repeat(90)}${n}` })
  stream.socket.resume()
  const seq = await lastSeq(core)
  const heard = await stream.has(new RegExp(`"seq":${seq},[^\n]*\n\n`))
  assert.deepEqual(
    (await eventsIn(heard)).map(event => event.seq),
    Array.from({ length: seq }, (_, at) => at + 1),
  )
})

test('two hundred clients that come and go leave nothing behind', async t => {
  const { core, port, listen, errors } = await open(t)
  let watching = 0
  const counted: Api['watchEvents'] = options => {
    watching++
    options.signal.addEventListener('abort', () => watching--, { once: true })
    return core.watchEvents(options)
  }
  const serving = await serve(t, { ...core, watchEvents: counted })
  const watchers = () => process.getActiveResourcesInfo().filter(name => /FSEvent|FSWatch/i.test(name)).length
  const before = watchers()
  const streams = Array.from({ length: 200 }, () =>
    connect(t, serving.port, getText('/api/events', serving.port)),
  )
  for (const stream of streams) await stream.has('event: hello')
  await waitFor('all are watched', () => watching === 200)
  await core.createSession({ name: 'one' })
  for (const stream of streams) await stream.has('session.created')
  for (const [at, { socket }] of streams.entries()) at % 2 === 0 ? socket.destroy() : socket.resetAndDestroy()
  await waitFor('all are gone', () => watching === 0)
  await waitFor('the folder is no longer watched', () => watchers() === before)
  assert.deepEqual(errors, [])
  assert.equal((await send(port, 'GET', '/health')).status, 200)
  await listen().has('event: hello')
})

test('a server that closes ends its streams', async t => {
  const { server, listen } = await open(t)
  const streams = [listen(), listen()]
  for (const stream of streams) await stream.has('event: hello')
  await server.close()
  for (const stream of streams) await stream.closed
})
