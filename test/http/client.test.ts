import assert from 'node:assert/strict'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import type { Api } from '../../src/contract/api.ts'
import type { SparkqError } from '../../src/contract/errors.ts'
import { createHttpClient } from '../../src/http/client.ts'
import { openProject } from '../support/project.ts'
import { refused } from '../support/refused.ts'
import { badLine, loseAnswers } from './proxy.ts'
import { serve } from './serve.ts'

const retry = { pausesMs: [1, 2, 4] }

async function open(t: TestContext) {
  const { core } = openProject(t)
  const allowedHosts: string[] = []
  const serving = await serve(t, core, { allowedHosts })
  const line = await badLine(t, serving.port)
  allowedHosts.push(new URL(line.url).host)
  const client = createHttpClient({ url: line.url, retry })
  t.after(client.close)
  await core.createSession({ name: 's' })
  await core.createQueue({ session_id: 's', name: 'auth' })
  return { core, line, client, ...serving }
}

const task = { queue_id: 'auth', tool_name: 'run-bash', payload: { command: 'true' } }

/** A server that answers everything in one way; it is no SparkQ. */
async function impostor(t: TestContext, answer: http.RequestListener): Promise<string> {
  const server = http.createServer(answer)
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve)
  })
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function unusedPort(t: TestContext): Promise<number> {
  const { core } = openProject(t)
  const { port, server } = await serve(t, core)
  await server.close()
  return port
}

test('an error means on this side what it means on the other', async t => {
  const { core, client } = await open(t)
  const calls: ((api: Api) => Promise<unknown>)[] = [
    api => api.getTask({ id: 'AUTH-9' }),
    api => api.createTask({ ...task, timeout: 0, nonsense: 1 } as never),
    api => api.createSession({ name: 'S' }),
    api => api.listTasks({ limit: 1000 }),
  ]
  const parts = ({ code, message, hint, errors }: SparkqError) => ({ code, message, hint, errors })
  for (const call of calls) {
    const failing = (api: Api) => call(api).then(() => assert.fail('answered'), parts)
    assert.deepEqual(await failing(client), await failing(core))
  }
})

test('a server that is not there is named, with what starts it', async t => {
  const port = await unusedPort(t)
  const client = createHttpClient({ url: `http://127.0.0.1:${port}`, retry })
  t.after(client.close)
  const error = await refused(
    client.getHealth(),
    'unreachable',
    new RegExp(`http://127.0.0.1:${port}: nothing listens`),
  )
  assert.equal(error.hint, 'sparkq start')
  await refused(client.createSession({ name: 'x' }), 'unreachable', /nothing listens/)
})

test('a machine that is not known is not asked for twice', async t => {
  const client = createHttpClient({ url: 'http://sparkq.invalid:1', retry: { pausesMs: [60_000] } })
  t.after(client.close)
  await refused(client.getHealth(), 'unreachable', /sparkq.invalid:1/)
})

test('an address that is none is refused', async () => {
  for (const url of ['', 'localhost:5005', 'ftp://x', 'http://'])
    await refused(() => createHttpClient({ url }), 'invalid', /no address/)
})

test('a question whose answer was lost is asked again', async t => {
  const { client, line } = await open(t)
  line.behave(loseAnswers(2))
  assert.equal((await client.listQueues()).queues.length, 1)
  assert.equal(line.connections(), 3)
})

test('a claim with a key whose answer was lost is the same claim when it is asked again', async t => {
  const { core, client, line } = await open(t)
  await core.createTask(task)
  await core.createTask(task)
  line.behave(loseAnswers(2))
  const { task: claimed } = await client.claimTask({ id: 'auth', claim_key: 'k' })
  assert.equal(claimed?.friendly_id, 'AUTH-1')
  assert.equal((await core.getQueue({ id: 'auth' })).queue.counts.running, 1)
})

test('what bears a key, or says how something ended, is said again', async t => {
  const { core, client, line } = await open(t)
  const again = async (call: () => Promise<unknown>) => {
    line.cut()
    line.behave(loseAnswers(1))
    await call()
  }
  await again(() => client.createTask({ ...task, idempotency_key: 'k' }))
  await again(() => client.createTasks({ tasks: [{ ...task, idempotency_key: 'l' }] }))
  await core.claimTask({ id: 'auth' })
  await again(() => client.stopAttempt({ id: 'AUTH-1', attempt: 1, cause: 'timeout' }))
  await again(() => client.finishAttempt({ id: 'AUTH-1', attempt: 1, ending: { kind: 'exit', code: 0 } }))
  await core.claimTask({ id: 'auth' })
  await again(() => client.completeTask({ id: 'AUTH-2', result_summary: 'Done.' }))
  assert.deepEqual(
    (await core.listTasks()).tasks.map(it => [it.friendly_id, it.status]),
    [
      ['AUTH-2', 'succeeded'],
      ['AUTH-1', 'succeeded'],
    ],
  )
})

test('anything else is not said twice: whether it was done is not known', async t => {
  const { core, client, line } = await open(t)
  line.behave(loseAnswers(1))
  await refused(client.createSession({ name: 'x' }), 'unreachable', /not known \(Create a session\)/)
  line.cut()
  line.behave(loseAnswers(1))
  await refused(client.createTask(task), 'unreachable', /not known/)
  assert.equal((await core.listSessions()).sessions.length, 2)
  assert.equal((await core.listTasks()).tasks.length, 1)
})

test('what surely did not arrive is tried again, whatever it is', async t => {
  const port = await unusedPort(t)
  const { core } = openProject(t)
  const client = createHttpClient({
    url: `http://127.0.0.1:${port}`,
    retry: { pausesMs: Array(2000).fill(5) },
  })
  t.after(client.close)
  const made = client.createSession({ name: 'x' })
  await serve(t, core, { port })
  assert.equal((await made).session.name, 'x')
})

test('connections are kept from call to call', async t => {
  const { client, line } = await open(t)
  for (let n = 0; n < 10; n++) await client.createSession({ name: `n${n}` })
  assert.equal(line.connections(), 1)
})

test('what answers but is no SparkQ is said to be none', async t => {
  const page = await impostor(t, (_req, res) => res.end('<h1>It works!</h1>'))
  const broken = await impostor(t, (_req, res) => res.writeHead(502).end('Bad gateway'))
  for (const url of [page, broken]) {
    const client = createHttpClient({ url, retry })
    t.after(client.close)
    await refused(client.listQueues(), 'unreachable', /is not a SparkQ server/)
    await refused(
      client.readOutput({ id: 'AUTH-1', stream: 'stdout' }),
      'unreachable',
      /is not a SparkQ server/,
    )
    const events = client.watchEvents({ signal: t.signal })[Symbol.asyncIterator]()
    await refused(events.next(), 'unreachable')
  }
})

test('a server that is silent for too long is given up', async t => {
  const url = await impostor(t, () => {})
  const client = createHttpClient({ url, retry, silenceMs: 30 })
  t.after(client.close)
  await refused(client.getHealth(), 'unreachable', /no answer within 0.03 s/)
})

test('the token goes with every call', async t => {
  const seen: (string | undefined)[] = []
  const url = await impostor(t, (req, res) => {
    seen.push(req.headers.authorization)
    res.writeHead(200, { 'Content-Type': 'application/json' }).end('{"status":"ok"}')
  })
  const client = createHttpClient({ url, token: 'secret', retry: { pausesMs: [] } })
  t.after(client.close)
  await client.getHealth()
  await client
    .watchEvents({ after: 0, signal: t.signal })
    [Symbol.asyncIterator]()
    .next()
    .catch(() => {})
  assert.deepEqual(new Set(seen), new Set(['Bearer secret']))
  assert.ok(seen.length >= 2)
})

for (const name of ['feature/login', 'a\\b', '.', '..', 'a%2Fb', 'ünï/cödé']) {
  test(`a lane or session called ${name} is found`, async t => {
    const { client } = await open(t)
    const { session } = await client.createSession({ name })
    assert.equal((await client.getSession({ id: name.toUpperCase() })).session.id, session.id)
    const { queue } = await client.createQueue({ session_id: name, name })
    assert.equal((await client.pauseQueue({ id: ` ${name} ` })).queue.id, queue.id)
    assert.equal((await client.peekQueue({ id: name.normalize('NFD') })).none_because, 'not_active')
    await client.archiveQueue({ id: name })
    assert.equal((await client.unarchiveQueue({ id: name })).queue.id, queue.id)
  })
}

test('what no path can hold is simply not there', async t => {
  const { client } = await open(t)
  await refused(client.getQueue({ id: 'a/b' }), 'not_found', /no queue "a\/b"/)
  await refused(client.getTask({ id: '../queues/auth' }), 'not_found', /no task/)
  await refused(client.getTask({ id: '\ud800' }), 'not_found', /no task/)
  await refused(client.cancelTask({ id: '' }), 'invalid', /id must not be empty/)
  await refused(client.cancelTask({} as never), 'invalid', /id is missing/)
})
