import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { smallDisk } from '../support/small-disk.ts'
import { waitFor } from '../support/wait.ts'
import { begin } from './arrange.ts'
import { type Site, site, snapshot } from './run-cli.ts'

const door = path.join(import.meta.dirname, '../fixtures/cli/main.ts')
const config = `limits: {min_free_mb: 2, stop_grace: 0.3}
project: {name: small}
`

/** One sentence and what to type next on stderr, nothing on stdout, exit 1. */
async function refuses(at: Site, line: string[], sentence: RegExp): Promise<void> {
  const { stdout, stderr, code } = await at.sparkq(line)
  const [said, ...hints] = stderr.trimEnd().split('\n')
  assert.deepEqual([stdout, code], ['', 1], `${line.join(' ')}: ${stderr}`)
  assert.match(said ?? '', sentence)
  assert.ok(hints.length > 0 && hints.every(hint => hint.startsWith('  ')), stderr)
}

async function answers(at: Site, line: string[], words: RegExp): Promise<void> {
  const { stdout, stderr, code } = await at.sparkq(line)
  assert.equal(code, 0, `${line.join(' ')}: ${stderr}`)
  assert.match(stdout, words)
}

const changing = [
  ['enqueue', '-c', 'true'],
  ['add', 'fix it'],
  ['cancel', 'DEFAULT-2'],
  ['queue', 'pause', 'default'],
  ['session', 'create', 'other'],
  ['edit', 'DEFAULT-2', '--timeout', '5'],
  ['claim', '-q', 'default'],
  ['requeue', 'DEFAULT-1'],
  ['runner', '-q', 'default'],
]

const looking: [string[], RegExp][] = [
  [['status'], /default +default +1 +0 +1 +0 +active/],
  [['tasks'], /DEFAULT-2/],
  [['task', 'DEFAULT-1'], /succeeded/],
  [['logs', 'DEFAULT-1'], /^hello\n$/],
  [['queue', 'list'], /default/],
  [['peek', '-q', 'default'], /DEFAULT-2/],
]

/** A project on a small disk: one task has succeeded, one is queued, and nobody has the database open. */
async function arrange(t: Parameters<typeof smallDisk>[0], megabytes = 12) {
  const disk = smallDisk(t, megabytes)
  if (!disk) return undefined
  const at = await site(t, { 'sparkq.yml': config }, disk.folder)
  const attempt = await begin(at)
  attempt.write('stdout', 'hello\n')
  await attempt.finish(0)
  const { runners } = await at.core.listRunners()
  for (const { id } of runners) await at.core.stopRunner({ id })
  await at.core.createTask({ queue_id: 'default', tool_name: 'run-bash', payload: { command: 'echo two' } })
  return { disk, at }
}

describe('a full disk', () => {
  test('refuses what would change something, whole and in words; what is there can be looked at', async t => {
    const arranged = await arrange(t)
    if (!arranged) return
    const { disk, at } = arranged
    const before = await snapshot(at.core)
    at.core.close()
    disk.fill()
    for (const line of changing) await refuses(at, line, /^The disk is full: nothing was changed\.$/)
    for (const [line, words] of looking) await answers(at, line, words)
    await answers(
      at,
      ['status'],
      /The disk that holds \S+ has less than 1 MB left; lanes wait until 2 MB are free\./,
    )
    disk.makeRoom()
    const list = JSON.parse((await at.sparkq(['tasks', '--json'])).stdout)
    assert.deepEqual(list.tasks, (before as { tasks: { tasks: unknown[] } }).tasks.tasks)
    await answers(at, ['runner', '-q', 'default'], /DEFAULT-2 +succeeded/)
  })

  test('is given room by a purge', async t => {
    const arranged = await arrange(t)
    if (!arranged) return
    const { disk, at } = arranged
    const attempt = await begin(at)
    attempt.write('stdout', 'x'.repeat(2_000_000))
    await attempt.finish(0)
    at.core.close()
    disk.fill()
    await answers(at, ['purge', '--older-than-days', '0'], /^Deleted 2 tasks/)
    assert.ok(disk.free() > 1_000_000)
    await answers(at, ['enqueue', '-c', 'true'], /^Queued DEFAULT-4/)
  })

  test('ends neither a runner nor a server, not even where their own log is on it', async t => {
    const arranged = await arrange(t)
    if (!arranged) return
    const { disk, at } = arranged
    const log = fs.openSync(path.join(at.folder, 'said.log'), 'a')
    const begun = ['run --host 127.0.0.1 --port 0', 'runner -q default --watch'].map(line => {
      const child = spawn(process.execPath, [door, ...line.split(' ')], {
        cwd: at.folder,
        env: at.env,
        stdio: ['ignore', log, log],
      })
      const ended = new Promise<number | null>(resolve => child.once('close', resolve))
      t.after(() => void child.kill('SIGKILL'))
      return { child, ended }
    })
    fs.closeSync(log)
    const said = () => fs.readFileSync(path.join(at.folder, 'said.log'), 'utf8')
    await waitFor(
      'both work',
      () => said().includes('SparkQ runs at') && said().includes('DEFAULT-2  succeeded'),
    )
    const address = /http:\S+/.exec(said())?.[0]
    const payload = { command: 'echo one; until [ -e go ]; do sleep 0.01; done; exit 7' }
    await at.core.createTask({ queue_id: 'default', tool_name: 'run-bash', payload })
    const task = async (id: string) => (await at.core.getTask({ id })).task
    await waitFor('it runs', async () => (await task('DEFAULT-3')).started_at)
    // To the end of a block: not one more byte of it fits on a full disk.
    const { size } = fs.statSync(path.join(at.folder, 'said.log'))
    fs.appendFileSync(path.join(at.folder, 'said.log'), '.'.repeat(4096 - (size % 4096)))
    const filled = said().length
    disk.fill()
    fs.writeFileSync(path.join(at.folder, 'go'), '')
    const refused = await waitFor('the server says that the disk is full', async () => {
      const body = JSON.stringify({
        queue_id: 'default',
        tool_name: 'run-bash',
        payload: { command: 'x'.repeat(9e5) },
      })
      const headers = { 'Content-Type': 'application/json' }
      const answer = await fetch(`${address}/api/tasks`, { method: 'POST', headers, body })
      return answer.status === 507 && answer.json()
    })
    assert.equal((refused as { code: string }).code, 'no_space')
    assert.equal((await fetch(`${address}/api/tasks`)).status, 200)
    disk.makeRoom()
    await waitFor('its end is recorded', async () => (await task('DEFAULT-3')).exit_code === 7)
    await at.core.createTask({
      queue_id: 'default',
      tool_name: 'run-bash',
      payload: { command: 'echo four' },
    })
    await waitFor('the lane goes on', async () => (await task('DEFAULT-4')).status === 'succeeded')
    assert.ok(said().length > filled, 'what is said is written again')
    for (const { child, ended } of begun.reverse()) {
      assert.equal(child.exitCode, null)
      child.kill('SIGTERM')
      await ended
    }
  })
})

describe('a read-only file system', () => {
  test('refuses what would change something, in words; what is there can be looked at; nothing is lost', async t => {
    const arranged = await arrange(t)
    if (!arranged) return
    const { disk, at } = arranged
    const before = await snapshot(at.core)
    at.core.close()
    disk.readOnly(true)
    for (const line of changing) {
      await refuses(at, line, /(is read-only: nothing was changed|tasks cannot be written \(EROFS\))\.$/)
    }
    for (const line of ['run --port 0', 'start --port 0']) {
      const { code, stderr } = await at.sparkq(line.split(' '))
      assert.equal(code, 1)
      assert.match(stderr, /cannot be written \(EROFS\)/)
      assert.doesNotMatch(stderr, /Internal/)
    }
    for (const [line, words] of looking) await answers(at, line, words)
    disk.readOnly(false)
    const list = JSON.parse((await at.sparkq(['tasks', '--json'])).stdout)
    assert.deepEqual(list.tasks, (before as { tasks: { tasks: unknown[] } }).tasks.tasks)
    await answers(at, ['runner', '-q', 'default'], /DEFAULT-2 +succeeded/)
  })
})
