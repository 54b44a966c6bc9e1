import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { emptySite, type Site, site } from '../cli/run-cli.ts'
import { setUpProject } from '../cli/set-up.ts'
import type { Cleaner } from '../support/folder.ts'
import { waitFor } from '../support/wait.ts'
import { call, connectOverStdio, door, refusal } from './reach.ts'

type Message = { id?: unknown; result?: Record<string, unknown>; error?: { code: number; message: string } }

/** `sparkq mcp`, spoken to line by line as by anything that can write to a pipe. */
function startRaw(t: Cleaner, { folder, env }: Pick<Site, 'folder' | 'env'>, assistant?: string) {
  const child: ChildProcess = spawn(process.execPath, assistant ? [assistant] : [door, 'mcp'], {
    cwd: folder,
    env,
    stdio: 'pipe',
  })
  let [stdout, stderr] = ['', '']
  child.stdout?.setEncoding('utf8').on('data', text => (stdout += text))
  child.stderr?.setEncoding('utf8').on('data', text => (stderr += text))
  child.stdin?.on('error', () => {})
  const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>
  t.after(async () => {
    child.kill('SIGKILL')
    await ended
  })
  const messages = (): Message[] =>
    stdout
      .split('\n')
      // What follows the last line break is not whole yet.
      .slice(0, -1)
      .map(line => JSON.parse(line))
  const say = (message: unknown): void =>
    void child.stdin?.write(
      `${typeof message === 'string' ? message : JSON.stringify({ jsonrpc: '2.0', ...(message as object) })}\n`,
    )
  return {
    child,
    ended,
    say,
    errors: () => stderr,
    messages,
    answer: (id: unknown) =>
      waitFor(`an answer to ${id}, not only ${stdout}${stderr}`, () => messages().find(it => it.id === id)),
    begin: (protocolVersion = '2025-11-25') =>
      say({
        id: 'begin',
        method: 'initialize',
        params: { protocolVersion, capabilities: {}, clientInfo: { name: 'raw', version: '1' } },
      }),
  }
}

const callOf = (id: unknown, name: string, args: object) => ({
  ...{ id, method: 'tools/call' },
  params: { name, arguments: args },
})

const work = { queue_id: 'default', tool_name: 'run-bash', payload: { command: 'true' } }

test('every revision that clients speak is spoken, and another is answered with one of ours', async t => {
  const made = await site(t)
  const spoken = async (revision: string) => {
    const raw = startRaw(t, made)
    raw.begin(revision)
    const { result } = await raw.answer('begin')
    raw.say(callOf(1, 'list_lanes', {}))
    assert.ok((await raw.answer(1)).result?.structuredContent)
    raw.child.stdin?.end()
    assert.deepEqual(await raw.ended, [0, null])
    return result?.protocolVersion
  }
  for (const revision of ['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'])
    assert.equal(await spoken(revision), revision)
  assert.match(String(await spoken('1999-01-01')), /^2025-/)
})

test('a client that asks what is spoken may go on either way', async t => {
  const made = await site(t)
  const raw = startRaw(t, made)
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '1' },
    'io.modelcontextprotocol/clientCapabilities': {},
  }
  raw.say({ id: 1, method: 'server/discover', params: { _meta } })
  assert.deepEqual((await raw.answer(1)).result?.supportedVersions, ['2026-07-28'])
  raw.begin()
  assert.equal((await raw.answer('begin')).result?.protocolVersion, '2025-11-25')
  raw.say(callOf(2, 'list_lanes', {}))
  assert.ok((await raw.answer(2)).result)

  const bare = startRaw(t, made)
  bare.say({ id: 1, method: 'server/discover', params: {} })
  assert.equal((await bare.answer(1)).error?.code, -32601)
  bare.begin('2025-06-18')
  assert.equal((await bare.answer('begin')).result?.protocolVersion, '2025-06-18')
})

test('garbage is passed over, and what follows is answered', async t => {
  const raw = startRaw(t, await site(t))
  raw.begin()
  await raw.answer('begin')
  const garbage = [
    ...[
      'garbage',
      '{',
      '[]',
      'null',
      '42',
      '"text"',
      '{}',
      '\u0000\u0001',
      '{"jsonrpc":"1.0","id":7,"method":"ping"}',
    ],
    ...['{"jsonrpc":"2.0","id":{},"method":"ping"}', '{"jsonrpc":"2.0","id":99,"result":{}}', ''],
    `{"jsonrpc":"2.0","id":"deep","method":"tools/call","params":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
    '[{"jsonrpc":"2.0","id":1,"method":"ping"}]',
  ]
  for (const line of garbage) raw.say(line)
  raw.say({ id: 'unknown', method: 'tools/destroy' })
  raw.say({ id: 'bare', method: 'tools/call' })
  raw.say({ id: 'null', method: 'tools/call', params: { name: 'claim', arguments: null } })
  raw.say({ id: 'text', method: 'tools/call', params: { name: 'claim', arguments: 'default' } })
  raw.say({ method: 'notifications/unheard-of' })
  raw.say({ method: 'notifications/cancelled', params: { requestId: 'nobody' } })
  raw.say(callOf('last', 'list_lanes', {}))
  assert.ok((await raw.answer('last')).result)
  assert.equal((await raw.answer('unknown')).error?.code, -32601)
  for (const id of ['bare', 'null', 'text']) assert.ok((await raw.answer(id)).error, id)
  raw.child.stdin?.end()
  assert.deepEqual(await raw.ended, [0, null])
})

test('a large message is taken, one beyond all measure ends the connection with words', async t => {
  const made = await site(t)
  const raw = startRaw(t, made)
  raw.begin()
  raw.say(callOf(1, 'enqueue', { lane: 'default', prompt: 'x'.repeat(2_000_000) }))
  assert.ok((await raw.answer(1)).result?.structuredContent)
  raw.say(callOf(2, 'enqueue', { lane: 'default', prompt: 'x'.repeat(11 * 1024 * 1024) }))
  await raw.ended
  assert.match(raw.errors(), /buffer|size/i)
  assert.equal((await made.core.listTasks()).tasks.length, 1)
})

test('calls at once are all answered, and no task is given twice', async t => {
  const made = await site(t)
  for (let i = 0; i < 30; i++) await made.core.createTask(work)
  const raws = [startRaw(t, made), startRaw(t, made)]
  for (const raw of raws) {
    raw.begin()
    for (let i = 0; i < 20; i++) raw.say(callOf(i, 'claim', { lane: 'default' }))
  }
  const taken = (
    await Promise.all(
      raws.flatMap(raw => Array.from({ length: 20 }, async (_, id) => (await raw.answer(id)).result)),
    )
  ).flatMap(result => {
    const { task } = (result as { structuredContent: { task: { id: string } | null } }).structuredContent
    return task ? [task.id] : []
  })
  assert.equal(taken.length, 30)
  assert.equal(new Set(taken).size, 30)
})

for (const [how, end] of [
  ['stdin closes', (child: ChildProcess) => void child.stdin?.end()],
  ['SIGINT', (child: ChildProcess) => void child.kill('SIGINT')],
  ['SIGTERM', (child: ChildProcess) => void child.kill('SIGTERM')],
] as const) {
  test(`it ends when ${how}, in the middle of a wait, and takes nothing with it`, async t => {
    const made = await site(t)
    const raw = startRaw(t, made)
    raw.begin()
    raw.say({
      ...{ id: 1, method: 'tools/call' },
      params: {
        name: 'wait_for_task',
        arguments: { lane: 'default', wait_s: 100 },
        _meta: { progressToken: 'p' },
      },
    })
    await waitFor('it waits', () => raw.messages().some(it => 'method' in it))
    end(raw.child)
    assert.deepEqual(await raw.ended, [0, null])
    await made.core.createTask(work)
    assert.ok((await made.core.peekQueue({ id: 'default' })).task)
  })
}

test('killed in the middle, it leaves the project as it was', async t => {
  const made = await site(t)
  await made.core.createTask(work)
  const raw = startRaw(t, made)
  raw.begin()
  raw.say(callOf(1, 'claim', { lane: 'default' }))
  await raw.answer(1)
  raw.say(callOf(2, 'wait_for_task', { lane: 'default', wait_s: 100 }))
  raw.child.kill('SIGKILL')
  await raw.ended
  const { stdout } = await made.sparkq(['complete', 'DEFAULT-1', 'Done by hand.'])
  assert.match(stdout, /Completed DEFAULT-1/)
})

test('an assistant that is killed gives its task back at once, at no cost', async t => {
  const made = await site(t)
  await made.core.createTask(work)
  const assistant = startRaw(t, made, path.join(import.meta.dirname, '../fixtures/mcp/assistant.ts'))
  assistant.begin()
  assistant.say(callOf(1, 'claim', { lane: 'default' }))
  await assistant.answer(1)
  const other = await connectOverStdio(t, made)
  const waiting = call(other, 'wait_for_task', { lane: 'default', wait_s: 60 })
  const killed = performance.now()
  assistant.child.kill('SIGKILL')
  const { data } = await waiting
  assert.ok(performance.now() - killed < 20_000)
  assert.deepEqual([data.task.friendly_id, data.task.attempt, data.task.attempts], ['DEFAULT-1', 2, 1])
})

test('its server may come and go: the task stays with the assistant', async t => {
  const made = await site(t)
  await made.core.createTask(work)
  for (const _ of [1, 2]) {
    const raw = startRaw(t, made)
    raw.begin()
    raw.say(callOf(1, 'claim', { lane: 'default', claim_key: 'mine' }))
    const { result } = await raw.answer(1)
    assert.match(JSON.stringify(result), /DEFAULT-1 is yours: attempt 1/)
    raw.child.kill('SIGKILL')
    await raw.ended
  }
  await made.core.sweep()
  assert.equal((await made.core.getTask({ id: 'DEFAULT-1' })).task.status, 'running')
})

test('who does a task for a runner is told to ask, and to claim nothing', async t => {
  const made = await site(t)
  const client = await connectOverStdio(t, made, { more: { SPARKQ_TASK: 'AUTH-7', SPARKQ_ATTEMPT: '2' } })
  assert.match(client.getInstructions() ?? '', /the task AUTH-7 now.*ask \{"task":"AUTH-7","attempt":2,/s)
})

test('without a project each call says so, and works as soon as there is one', async t => {
  const empty = emptySite(t)
  const client = await connectOverStdio(t, empty)
  assert.equal((await client.listTools()).tools.length > 5, true)
  assert.match(await refusal(client, 'list_lanes'), /sparkq setup/)
  await assert.rejects(client.listResources(), /sparkq\.yml|project/i)
  await setUpProject(empty.folder, { name: 'late' })
  assert.equal((await call(client, 'list_lanes')).data.lanes.length, 1)
  const config = path.join(empty.folder, 'sparkq.yml')
  fs.writeFileSync(config, 'servr: {}\n')
  assert.match(await refusal(client, 'list_lanes'), /servr/)
})

test('who claims is the assistant and its conversation', async t => {
  const made = await site(t)
  await made.core.createTask(work)
  const client = await connectOverStdio(t, made, { more: { CLAUDE_CODE_SESSION_ID: '1f0c-77' } })
  await call(client, 'claim', { lane: 'default' })
  assert.equal((await made.core.getTask({ id: 'DEFAULT-1' })).task.worker_id, 'test-client-1f0c-77')
})

test('a command line that is wrong is refused before anything is spoken', async t => {
  const { sparkq } = emptySite(t)
  const { code, stdout, stderr } = await sparkq(['mcp', 'surplus'])
  assert.deepEqual([code, stdout], [2, ''])
  assert.match(stderr, /surplus/)
})
