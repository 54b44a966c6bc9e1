import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { readRecording } from '../agents/recordings.ts'
import { waitFor } from '../support/wait.ts'
import { begin, beginAgent, claim } from './arrange.ts'
import { type Site, site } from './run-cli.ts'

const door = path.join(import.meta.dirname, '../fixtures/cli/main.ts')

/** Runs with both streams into one file, as a terminal would show them. */
async function merged({ folder, env }: Site, args: string[]): Promise<Buffer> {
  const file = path.join(folder, 'merged.txt')
  const fd = fs.openSync(file, 'w')
  const child = spawn(process.execPath, [door, ...args], { cwd: folder, env, stdio: ['ignore', fd, fd] })
  await new Promise(resolve => child.once('close', resolve))
  fs.closeSync(fd)
  return fs.readFileSync(file)
}

describe('logs', { concurrency: 4 }, () => {
  test('give each stream its bytes, exactly', async t => {
    const at = await site(t)
    const attempt = await begin(at)
    const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, i) => (i * 7919) % 256))
    attempt.write('stdout', bytes)
    attempt.write('stderr', Buffer.from([0xff, 0x00, 0x1b, 0x5d]))
    await attempt.finish(0)
    const { status, stdout, stderr } = spawnSync(process.execPath, [door, 'logs', 'DEFAULT-1'], {
      cwd: at.folder,
      env: at.env,
    })
    assert.equal(status, 0)
    assert.ok(stdout.equals(bytes))
    assert.ok(stderr.equals(Buffer.from([0xff, 0x00, 0x1b, 0x5d])))
  })

  test('show both streams in the order in which they were written; what nobody saw comes last', async t => {
    const at = await site(t)
    const attempt = await begin(at)
    attempt.write('stdout', 'one\n')
    attempt.write('stderr', 'two\n')
    attempt.write('stdout', 'three\n')
    attempt.write('stderr', 'five\n', { marked: false })
    attempt.write('stdout', 'four\n', { marked: false })
    await attempt.finish(1)
    assert.equal((await merged(at, ['logs', 'DEFAULT-1'])).toString(), 'one\ntwo\nthree\nfour\nfive\n')
    assert.equal((await merged(at, ['logs', 'DEFAULT-1', '--tail', '3'])).toString(), 'three\nfour\nfive\n')
    assert.equal(
      (await merged(at, ['logs', 'DEFAULT-1', '--tail', '2', '--stderr'])).toString(),
      'two\nfive\n',
    )
    const stdout = await at.sparkq(['logs', 'DEFAULT-1', '--stdout'])
    assert.deepEqual([stdout.stdout, stdout.stderr], ['one\nthree\nfour\n', ''])
    assert.equal((await merged(at, ['logs', 'DEFAULT-1', '-n', '0'])).toString(), '')
    assert.equal((await merged(at, ['logs', 'DEFAULT-1', '-n', '99'])).length, 24)
  })

  test('hold more than one answer bears', async t => {
    const at = await site(t)
    const attempt = await begin(at)
    const text = `${'x'.repeat(99)}\n`.repeat(25_000)
    attempt.write('stdout', text)
    await attempt.finish(0)
    assert.ok((await merged(at, ['logs'])).equals(Buffer.from(text)))
    assert.equal((await merged(at, ['logs', '--tail', '12000'])).length, 1_200_000)
  })

  test('show where something was left out, and none of the zeros that are there instead', async t => {
    const at = await site(t)
    const attempt = await begin(at)
    for (let i = 0; i < 4; i++) {
      attempt.write('stdout', `${String(i).repeat(4095)}\n`)
      attempt.write('stderr', `err ${i}\n`)
    }
    await attempt.cut('stdout', { from: 4096, to: 12_288 })
    await attempt.finish(0)
    const head = `${'0'.repeat(4095)}\nerr 0\n`
    const note = '… 8.0 kB left out (sparkq.yml: limits.max_output_mb) …\n'
    const tail = `err 1\nerr 2\n${'3'.repeat(4095)}\nerr 3\n`
    assert.equal((await merged(at, ['logs', 'DEFAULT-1'])).toString(), head + note + tail)
    const apart = await at.sparkq(['logs', '--stdout'])
    assert.deepEqual([apart.stdout.length, apart.stderr], [2 * 4096, note])
    assert.equal((await merged(at, ['logs', '--stderr'])).toString(), 'err 0\nerr 1\nerr 2\nerr 3\n')
    assert.equal((await merged(at, ['logs', '-n', '2'])).toString(), `${'3'.repeat(4095)}\nerr 3\n`)
  })

  test('followed go on behind what is left out while they are shown', async t => {
    const at = await site(t)
    const attempt = await begin(at)
    attempt.write('stdout', 'a'.repeat(4096))
    const { seen, ended } = at.start(['logs', '-f'])
    await waitFor('the beginning is shown', () => seen.stdout.length === 4096)
    // It is recorded before it is there: nobody is quick enough to see it.
    const gone = attempt.cut('stdout', { from: 4096, to: 45_056 })
    attempt.write('stdout', Buffer.alloc(40_960), { marked: false })
    attempt.write('stdout', 'z\n')
    await gone
    await waitFor('the end is shown', () => seen.stdout.endsWith('z\n'))
    await attempt.finish(0)
    const { stdout, stderr, code } = await ended
    assert.equal(stdout, `${'a'.repeat(4096)}z\n`)
    assert.equal(stderr, '… 40 kB left out (sparkq.yml: limits.max_output_mb) …\n')
    assert.equal(code, 0)
  })

  test('without a task are those of the one that began last', async t => {
    const at = await site(t)
    const none = await at.sparkq(['logs'])
    assert.deepEqual([none.stdout, none.code], ['', 3])
    assert.match(none.stderr, /^There is no task yet\.\n/)
    for (const text of ['first\n', 'second\n']) {
      const attempt = await begin(at)
      attempt.write('stdout', text)
      await attempt.finish(0)
    }
    await at.core.createTask({ queue_id: 'default', tool_name: 'run-bash', payload: { command: 'x' } })
    assert.equal((await at.sparkq(['logs'])).stdout, 'second\n')
    const queued = await at.sparkq(['logs', 'DEFAULT-3'])
    assert.deepEqual([queued.stdout, queued.code], ['', 0])
    assert.match(queued.stderr, /^DEFAULT-3 has not run yet · queued\n {2}sparkq logs -f DEFAULT-3 /)
  })

  test('keep the attempts apart', async t => {
    const at = await site(t)
    const first = await begin(at, { max_attempts: 2 })
    first.write('stdout', 'first\n')
    await first.finish(1)
    await at.core.updateTask({ id: 'DEFAULT-1', not_before: null })
    const second = await claim(at)
    second.write('stdout', 'second\n')
    await second.finish(0)
    assert.equal((await at.sparkq(['logs', 'DEFAULT-1'])).stdout, 'second\n')
    assert.equal((await at.sparkq(['logs', 'DEFAULT-1', '--attempt', '1'])).stdout, 'first\n')
    const third = await at.sparkq(['logs', 'DEFAULT-1', '--attempt', '3'])
    assert.deepEqual([third.stdout, third.code], ['', 3])
    assert.match(third.stderr, /^DEFAULT-1 has no attempt 3\.\n/)
  })

  test('followed wait for the task to begin, show it as it comes, and end with it', async t => {
    const at = await site(t)
    await at.core.createTask({
      queue_id: 'default',
      tool_name: 'run-bash',
      payload: { command: 'x' },
      max_attempts: 2,
    })
    const { seen, ended, child } = at.start(['logs', '-f', 'DEFAULT-1'])
    const first = await claim(at)
    first.write('stdout', 'one\n')
    await waitFor('the first line is shown', () => seen.stdout === 'one\n')
    first.write('stderr', 'two\n', { marked: false })
    await waitFor('a line without a mark is shown', () => seen.stderr === 'two\n')
    await first.finish(1)
    await at.core.updateTask({ id: 'DEFAULT-1', not_before: null })
    assert.equal(child.exitCode, null)
    const second = await claim(at)
    second.write('stdout', 'three\n')
    await second.finish(0)
    const { stdout, stderr, code } = await ended
    assert.deepEqual([stdout, stderr, code], ['one\nthree\n', 'two\n', 0])
  })

  test('followed with --attempt end with that attempt, and with --tail begin near the end', async t => {
    const at = await site(t)
    const attempt = await begin(at, { max_attempts: 2 })
    attempt.write('stdout', 'one\ntwo\n')
    const { seen, ended } = at.start(['logs', '-f', '--attempt', '1', '--tail', '1', 'DEFAULT-1'])
    await waitFor('the last line is shown', () => seen.stdout === 'two\n')
    attempt.write('stdout', 'three\n')
    await attempt.finish(1)
    const { stdout, code } = await ended
    assert.deepEqual([stdout, code], ['two\nthree\n', 0])
  })

  test('followed end when a queued task is cancelled', async t => {
    const at = await site(t)
    await at.core.createTask({ queue_id: 'default', tool_name: 'run-bash', payload: { command: 'x' } })
    const { ended } = at.start(['logs', '-f'])
    await at.core.cancelTask({ id: 'DEFAULT-1' })
    const { stdout, code } = await ended
    assert.deepEqual([stdout, code], ['', 0])
  })

  test('followed are interrupted by Ctrl-C with 130', async t => {
    const at = await site(t)
    const attempt = await begin(at)
    attempt.write('stdout', 'one\n')
    const { seen, ended, child } = at.start(['logs', '-f'])
    await waitFor('it follows', () => seen.stdout === 'one\n')
    child.kill('SIGINT')
    const { code, signal, stderr } = await ended
    assert.deepEqual([code, signal, stderr], [130, null, ''])
  })

  test('end quietly when their reader has seen enough', async t => {
    const at = await site(t)
    const attempt = await begin(at)
    attempt.write('stdout', 'x'.repeat(3_000_000))
    await attempt.finish(0)
    const { child, ended } = at.start(['logs', 'DEFAULT-1'])
    child.stdout?.once('data', () => child.stdout?.destroy())
    const { stderr, code } = await ended
    assert.deepEqual([stderr, code], ['', 0])
  })

  test('show what an agent did, then what its check said; raw, its events', async t => {
    const at = await site(t)
    const { stdout: events } = readRecording('claude-perm-bashfail')
    const attempt = await beginAgent(at)
    attempt.write('stdout', events)
    attempt.write('stderr', 'check: 1 failed\n')
    const running = await merged(at, ['logs', 'DEFAULT-1', '--raw'])
    await attempt.finish(1)
    assert.equal(running.toString(), `${events}check: 1 failed\n`)
    const { stdout, stderr } = await at.sparkq(['logs', 'DEFAULT-1'])
    assert.match(stdout, /^· Claude Code .*\n› Bash echo out; .*\n {2}Exit code 3\n/)
    assert.match(stdout, /\n── done · .*\n$/)
    assert.equal(stderr, 'check: 1 failed\n')
    const tail = await merged(at, ['logs', 'DEFAULT-1', '--tail', '3'])
    assert.match(tail.toString(), /^\n── done · .*\ncheck: 1 failed\n$/)
    assert.equal((await at.sparkq(['logs', 'DEFAULT-1', '--stdout', '--raw'])).stdout, events)
    assert.equal(
      (await at.sparkq(['logs', 'DEFAULT-1', '--stdout', '--raw', '-n', '1'])).stdout,
      lastOf(events),
    )
  })

  test('follow an agent as it works, one attempt after the other', async t => {
    const at = await site(t)
    const lines = readRecording('codex-tool-fail').stdout.split(/(?<=\n)/)
    const attempt = await beginAgent(at, { agent: 'codex' })
    for (const line of lines.slice(0, -1)) attempt.write('stdout', line)
    const follower = at.start(['logs', '-f', 'DEFAULT-1'])
    await waitFor('what it does', () => follower.seen.stdout.includes('› '))
    assert.doesNotMatch(follower.seen.stdout, /── /)
    attempt.write('stdout', lines.at(-1) as string)
    await attempt.finish(0)
    const { stdout, code } = await follower.ended
    assert.match(stdout, /\n── /)
    assert.doesNotMatch(stdout, /^\{"/m)
    assert.equal(code, 0)
  })

  test('of an agent begin anew behind what was left out, and show no piece of an event', async t => {
    const at = await site(t)
    const said = (text: string) =>
      `${JSON.stringify({ type: 'assistant', message: { content: [{ type: 'text', text }] } })}\n`
    const attempt = await beginAgent(at)
    const [one, two, three] = [said('one'), said(`two ${'x'.repeat(5000)}`), said('three')]
    attempt.write('stdout', one + two + three)
    const from = one.length + 20
    await attempt.cut('stdout', { from, to: one.length + two.length - 20 })
    await attempt.finish(0)
    const shown = (await merged(at, ['logs', 'DEFAULT-1'])).toString()
    assert.match(shown, /^one\n… \d.* left out .*…\nthree\n$/)
  })
})

const lastOf = (events: string): string => events.split(/(?<=\n)/).at(-1) as string
