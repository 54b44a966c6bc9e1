import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { attemptFiles } from '../../src/attempt-files/paths.ts'
import type { Config } from '../../src/contract/config.ts'
import { createHttpClient } from '../../src/http/client.ts'
import { runLane } from '../../src/runner/lane.ts'
import type { RunnerEvent } from '../../src/runner/report.ts'
import { tempFolder, writeFiles } from '../support/folder.ts'
import { type SpawnedNode, spawnNode } from '../support/spawn.ts'
import { waitFor } from '../support/wait.ts'
import { openAgentLane } from './agents.ts'
import { assertNothingLeft, type Lane, openLane } from './support.ts'

type Test = Parameters<typeof openLane>[0]

/** A server of the lane's project in a process of its own. */
async function startServer(
  t: Test,
  { project }: Lane,
  port = 0,
): Promise<{ server: SpawnedNode; url: string; port: number }> {
  process.env.SPARKQ_CONFIG = project.configFile
  const server = spawnNode(t, 'fixtures/cli/main.ts', ['run', '--host', '127.0.0.1', '--port', String(port)])
  const lock = path.join(path.dirname(project.configFile), 'sparkq.lock')
  const url = await waitFor('the server answers', () => {
    const text = fs.existsSync(lock) ? fs.readFileSync(lock, 'utf8') : ''
    return text.startsWith(`${server.pid}\n`) && /^http:\/\/\S+$/m.exec(text)?.[0]
  })
  return { server, url, port: Number(new URL(url).port) }
}

async function workRemotely(t: Test, { project }: Lane, url: string, more: Partial<Config['limits']> = {}) {
  const spool = tempFolder(t)
  const client = createHttpClient({ url })
  const events: RunnerEvent[] = []
  const { root, configFile } = project
  const config = { ...project.config, limits: { ...project.config.limits, ...more } }
  const signal = new AbortController().signal
  const report = (event: RunnerEvent) => void events.push(event)
  const options = {
    api: client,
    queue: 'q',
    mode: 'run' as const,
    report,
    signal,
    env: process.env,
    root,
    logs: spool,
    configFile,
    config,
  }
  try {
    await runLane({ ...options, remote: true })
  } finally {
    client.close()
  }
  return { events, spool }
}

const read = async (lane: Lane, stream: 'stdout' | 'stderr') =>
  Buffer.from((await lane.api.readOutput({ id: 'Q-1', stream })).bytes).toString()

test('a runner works for a server elsewhere: output, order and result arrive there, and nothing stays here', async t => {
  const lane = await openLane(t)
  const { server, url } = await startServer(t, lane)
  await lane.bash(
    `head -c 2500000 /dev/zero | tr '\\0' x; echo oops >&2; echo '{"summary": "done", "data": 7}' > "$SPARKQ_RESULT_FILE"`,
  )
  const { spool } = await workRemotely(t, lane, url)
  const task = await lane.task('Q-1')
  assert.deepEqual([task.status, task.result_summary, task.result_data], ['succeeded', 'done', 7])
  const { sizes, ended } = await lane.api.listOutputMarks({ id: 'Q-1' })
  assert.deepEqual([sizes, ended], [{ stdout: 2_500_000, stderr: 5 }, true])
  assert.equal(await read(lane, 'stderr'), 'oops\n')
  assert.deepEqual(fs.readdirSync(path.join(spool, 'tasks')), [])
  server.kill('SIGTERM')
  await server.ended
})

test('a server that is killed and comes back while a task runs loses and doubles nothing', async t => {
  const lane = await openLane(t)
  const first = await startServer(t, lane)
  await lane.bash('for i in 1 2 3; do echo line $i; until [ -e go$i ]; do sleep 0.01; done; done; exit 5')
  const working = workRemotely(t, lane, first.url)
  await waitFor('the first line has arrived', async () => (await read(lane, 'stdout')) === 'line 1\n')

  first.server.kill('SIGKILL')
  await first.server.ended
  writeFiles(lane.project.root, { go1: '', go2: '' })
  const second = await startServer(t, lane, first.port)
  await waitFor(
    'all lines have arrived',
    async () => (await read(lane, 'stdout')) === 'line 1\nline 2\nline 3\n',
  )
  writeFiles(lane.project.root, { go3: '' })
  await working

  const task = await lane.task('Q-1')
  assert.deepEqual([task.status, task.exit_code, task.attempts, task.attempt], ['failed', 5, 1, 1])
  assert.equal(await read(lane, 'stdout'), 'line 1\nline 2\nline 3\n')
  await assertNothingLeft(lane)
  second.server.kill('SIGTERM')
  await second.server.ended
})

test('a task that a runner elsewhere executes is stopped when it is cancelled here', async t => {
  const lane = await openLane(t)
  const { server, url } = await startServer(t, lane)
  await lane.bash('trap "" TERM; echo ready; while :; do sleep 0.05; done')
  const working = workRemotely(t, lane, url)
  await waitFor('it runs', async () => (await read(lane, 'stdout')) === 'ready\n')
  await lane.api.cancelTask({ id: 'Q-1' })
  await working
  assert.equal((await lane.task('Q-1')).error_type, 'cancelled')
  await assertNothingLeft(lane)
  server.kill('SIGTERM')
  await server.ended
})

test('what a runner elsewhere leaves out of too much output is left out here, at the same offsets', async t => {
  const lane = await openLane(t)
  const { server, url } = await startServer(t, lane)
  await lane.bash('seq 2000000; echo oops >&2; seq 2000001 2100000')
  await workRemotely(t, lane, url, { max_output_mb: 1 })
  const written = Array.from({ length: 2_100_000 }, (_, i) => `${i + 1}\n`).join('')
  const { sizes, left_out } = await lane.api.listOutputMarks({ id: 'Q-1' })
  assert.deepEqual(sizes, { stdout: written.length, stderr: 5 })
  const [hole] = left_out
  assert.ok(hole?.stream === 'stdout' && left_out.length === 1)
  let kept = 0
  for (let offset = 0; offset < sizes.stdout; ) {
    const chunk = await lane.api.readOutput({ id: 'Q-1', stream: 'stdout', offset })
    const text = Buffer.from(chunk.bytes).toString()
    assert.equal(text, written.slice(chunk.offset, chunk.next_offset))
    kept += text.length
    offset = chunk.next_offset
  }
  assert.equal(kept, written.length - (hole.to - hole.from))
  assert.ok(kept <= 1_060_000, String(kept))
  const task = await lane.task('Q-1')
  assert.deepEqual([task.status, task.result_summary], ['succeeded', '2100000'])
  const { stdout } = attemptFiles(lane.project.logs, task.id, 1)
  assert.ok(fs.statSync(stdout).blocks * 512 <= 1_070_000)
  server.kill('SIGTERM')
  await server.ended
})

test('a runner whose own disk has too little room claims nothing, and says why', async t => {
  const lane = await openLane(t)
  const { server, url } = await startServer(t, lane)
  const { done } = await untilWaiting(t, lane, url)
  assert.equal(done, 0)
  assert.equal((await lane.task('Q-1')).status, 'queued')
  server.kill('SIGTERM')
  await server.ended
})

async function untilWaiting(t: Test, lane: Lane, url: string): Promise<{ done: number }> {
  await lane.bash('echo one')
  const client = createHttpClient({ url })
  const ending = new AbortController()
  const { root, configFile, config } = lane.project
  const limits = { ...config.limits, min_free_mb: 1e9 }
  try {
    return await runLane({
      ...{ api: client, queue: 'q', mode: 'run', root, configFile, env: process.env, logs: tempFolder(t) },
      config: { ...config, limits },
      remote: true,
      signal: ending.signal,
      report: event => {
        if (event.type !== 'waiting') return
        assert.equal(event.because, 'no_space')
        assert.equal(event.space?.needed, 1e9 * 1024 * 1024)
        ending.abort()
      },
    })
  } finally {
    client.close()
  }
}

test('an agent works for a server elsewhere: its report, what it changed and its conversation arrive there', async t => {
  const lane = await openAgentLane(t)
  const { server, url } = await startServer(t, lane)
  // Nearly as large as a patch may be, of what takes most room on the way.
  const make = `head -c 1000000 /dev/zero | tr '\\0' '\\001' | fold -w 999 > odd.txt`
  const { id } = await lane.prompt(`DO:${make}\nSAY:from afar`)
  await lane.prompt('two')
  const { spool } = await workRemotely(t, lane, url)
  const task = await lane.task(id)
  assert.deepEqual([task.status, task.result_summary], ['succeeded', 'from afar'])
  const [attempt] = await lane.attempts(id)
  assert.deepEqual(
    [attempt?.agent?.outcome, attempt?.changes?.files.map(it => it.path), attempt?.changes?.cut],
    ['ok', ['odd.txt'], false],
  )
  assert.ok((await lane.api.getPatch({ id })).patch.length > 1_000_000)
  const [first, second] = lane.calls().map(call => call.argv.join(' '))
  const session = /--session-id (\S+)/.exec(first ?? '')?.[1]
  assert.ok(second?.includes(`--resume ${session}`))
  assert.deepEqual(fs.readdirSync(path.join(spool, 'tasks')), [])
  await assertNothingLeft(lane)
  server.kill('SIGTERM')
  await server.ended
})
