import assert from 'node:assert/strict'
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import type { Task } from '../../src/contract/tasks.ts'
import { identify, self } from '../../src/processes/identity.ts'
import { serverSite } from '../server/support.ts'
import { waitFor } from '../support/wait.ts'
import { converse, hasTerminal } from './converse.ts'
import { type Site, site } from './run-cli.ts'

const fixtures = path.join(import.meta.dirname, '../fixtures/cli')

type Assistant = { child: ChildProcess; said(): string; ended: Promise<number | null> }

/** A program that reads the stream and does what it says, until the stream ends. */
function startAssistant(t: TestContext, { folder, env }: Site, options: string[]): Assistant {
  const words = [path.join(fixtures, 'scripted-assistant.ts'), path.join(fixtures, 'main.ts'), 'default']
  const child = spawn(process.execPath, [...words, ...options], { cwd: folder, env })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', text => {
      said += text
    })
  const ended = new Promise<number | null>(resolve => child.once('close', code => resolve(code)))
  t.after(async () => {
    child.kill('SIGKILL')
    await ended
  })
  return { child, said: () => said, ended }
}

const add = ({ core }: Site, prompt: string, more: { timeout?: number } = {}) =>
  core.createTask({ queue_id: 'default', tool_name: 'llm-sonnet', payload: { prompt }, ...more })
const taskOf = async ({ core }: Site, number = 1): Promise<Task> =>
  (await core.getTask({ id: `DEFAULT-${number}` })).task

const given = (said: string): string[] =>
  [...said.matchAll(/^given DEFAULT-(\d+)$/gm)].map(match => match[1] as string)

/** No runner has the lane any more: what was killed may have left one for a moment. */
const free = (at: Site) =>
  waitFor('no runner has the lane', async () => (await at.core.listRunners()).runners.every(it => it.lost))

describe('a lane in a chat', { concurrency: 3 }, () => {
  test('is worked by who only reads: ten tasks in their order, one failing, one asking', async t => {
    const at = await site(t)
    await at.core.updateQueue({ id: 'default', instructions: 'Be kind.\nBe quick.' })
    for (let n = 1; n <= 10; n++) await add(at, n === 4 ? 'FAIL 4' : n === 6 ? 'ASK 6' : `job ${n}`)
    const assistant = startAssistant(t, at, ['--watch'])
    await waitFor('the tenth is done', async () => (await taskOf(at, 10)).status === 'succeeded', 60_000)
    const asking = await taskOf(at, 6)
    assert.deepEqual([asking.status, asking.wait_reason, asking.attempts], ['queued', 'question', 0])
    assert.deepEqual(asking.questions?.[0]?.question, 'Which one?')
    await at.sparkq(['answer', 'default-6', 'the second'])
    await waitFor('the sixth is done', async () => (await taskOf(at, 6)).status === 'succeeded', 60_000)
    assert.equal((await at.sparkq(['stop', '-q', 'default'])).code, 0)
    assert.equal(await assistant.ended, 0, assistant.said())
    const said = assistant.said()
    assert.deepEqual(given(said), ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '6'])
    assert.equal(said.match(/Be kind\./g)?.length, 1)
    assert.match(said, /^< {3}Be kind\.\n< {3}Be quick\.$/m)
    assert.match(said, /DEFAULT-3 is done: did job 3/)
    assert.match(said, /DEFAULT-4 is failed: cannot FAIL 4/)
    assert.match(said, /DEFAULT-6 waits for the person's answer/)
    assert.match(said, /It was asked:\n< {3}Which one\?\n< The person answers:\n< {3}the second\n/)
    assert.match(said, /=== end: the person asked this runner to go; 10 tasks finished here\. ===/)
    const { tasks } = await at.core.listTasks()
    assert.deepEqual(
      tasks.reverse().map(it => it.result_summary ?? it.error_message),
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map(n =>
        n === 4 ? 'cannot FAIL 4' : n === 6 ? 'did ASK 6 with the second' : `did job ${n}`,
      ),
    )
  })

  test('that ends until it is empty says what waits', async t => {
    const at = await site(t)
    await add(at, 'ASK')
    await add(at, 'job')
    const assistant = startAssistant(t, at, ['--run'])
    assert.equal(await assistant.ended, 0)
    assert.deepEqual(given(assistant.said()), ['1', '2'])
    assert.match(
      assistant.said(),
      /\n< DEFAULT-1 waits for the person's answer\.\n< \n< === end: 1 task finished here/,
    )
  })

  test('gets its task back within seconds of a kill -9 of the assistant, with no server', async t => {
    const at = await site(t)
    await add(at, 'HOLD')
    const assistant = startAssistant(t, at, ['--watch'])
    await waitFor('it has the task', () => assistant.said().includes('given DEFAULT-1'), 60_000)
    const { pid } = assistant.child
    const { attempts } = await at.core.listAttempts({ id: 'DEFAULT-1' })
    assert.deepEqual(attempts[0]?.bound, identify(pid as number))
    assistant.child.kill('SIGKILL')
    const since = performance.now()
    await waitFor('it is back', async () => (await taskOf(at)).status === 'queued')
    const tookMs = performance.now() - since
    assert.ok(tookMs < 5000, `it took ${tookMs} ms`)
    const { wait_reason, attempts: charged } = await taskOf(at)
    assert.deepEqual([wait_reason, charged], ['worker_lost', 0])
    await free(at)
    const next = startAssistant(t, at, ['--once'])
    assert.equal(await next.ended, 0)
    assert.match(next.said(), /attempt 2 .*\n/)
    assert.match(
      next.said(),
      /It was begun before, and that attempt ended so: Its worker is gone: process \d+/,
    )
  })

  test('warns in the stream of a task that takes too long, and says when it is failed', async t => {
    const at = await site(t)
    await add(at, 'HOLD', { timeout: 1 })
    await add(at, 'job')
    const assistant = startAssistant(t, at, ['--run'])
    assert.equal(await assistant.ended, 0)
    const said = assistant.said()
    assert.deepEqual(given(said), ['1', '2'])
    assert.match(
      said,
      /! DEFAULT-1 is stale: it has taken longer than its 1 s; it is failed .* if you do not/,
    )
    assert.match(said, /! DEFAULT-1 is failed: stop working on it\. Nobody finished it within 2 s/)
    assert.ok(said.indexOf('is stale') < said.indexOf('given DEFAULT-2'))
  })

  test('says when the person cancels what it does', async t => {
    const at = await site(t)
    await add(at, 'HOLD')
    const assistant = startAssistant(t, at, ['--run'])
    await waitFor('it has the task', () => assistant.said().includes('given DEFAULT-1'), 60_000)
    await at.core.cancelTask({ id: 'DEFAULT-1' })
    assert.equal(await assistant.ended, 0)
    assert.match(assistant.said(), /! DEFAULT-1 was cancelled by the person: stop working on it\./)
  })

  test('with --once is given one task a time, and the same one until it is finished', async t => {
    const at = await site(t)
    await add(at, 'job 1')
    await add(at, 'job 2')
    const once = async () => {
      const { stdout, stderr, code } = await at.sparkq(['runner', '-q', 'default', '--chat', '--once'])
      assert.deepEqual([stderr, code], ['', 0])
      return stdout
    }
    assert.match(await once(), /=== DEFAULT-1 · llm-sonnet · attempt 1 · tsk_/)
    const again = await once()
    assert.match(again, /DEFAULT-1 is still yours/)
    assert.match(again, /=== end: one task was asked for.*\n {2}.* runner -q default --chat --once\n$/)
    await at.sparkq(['complete', 'default-1', 'Done.', '--attempt', '1'])
    assert.match(await once(), /=== DEFAULT-2 · /)
    await at.sparkq(['complete', 'default-2', 'Done.'])
    assert.match(await once(), /Nothing is queued\.\n/)
  })

  test('stays with the assistant when the stream is stopped, and goes on in the next one', async t => {
    const at = await site(t)
    await add(at, 'job')
    const stream = at.start(['runner', '-q', 'default', '--chat', '--watch'])
    await waitFor('it was given', () => stream.seen.stdout.includes(' ask DEFAULT-1 '), 30_000)
    const held = await at.sparkq(['runner', '-q', 'default', '--chat'])
    assert.equal(held.code, 4)
    assert.match(held.stderr, /has a runner already: .*\n {2}sparkq stop -q default/)
    stream.child.kill('SIGTERM')
    const { stdout, code } = await stream.ended
    assert.equal(code, 130)
    assert.match(stdout, /DEFAULT-1 stays yours: finish it with its command\./)
    const { status, attempt } = await taskOf(at)
    assert.deepEqual([status, attempt], ['running', 1])
    const next = await at.sparkq(['runner', '-q', 'default', '--chat', '--once'])
    assert.match(next.stdout, /DEFAULT-1 is still yours/)
    // Nobody else gets in between.
    await at.core.completeTask({ id: 'DEFAULT-1', result_summary: 'Done.' })
    await add(at, 'HOLD')
    const other = startAssistant(t, at, ['--watch'])
    await waitFor('another has a task', () => other.said().includes('given DEFAULT-2'), 60_000)
    other.child.kill('SIGSTOP')
    const [runner] = (await at.core.listRunners()).runners
    process.kill(runner?.process.pid as number, 'SIGKILL')
    await free(at)
    const refused = await at.sparkq(['runner', '-q', 'default', '--chat', '--once'])
    assert.deepEqual([refused.code, refused.stdout], [4, ''])
    assert.match(refused.stderr, /^Process \d+ on .+ has DEFAULT-2 of this lane\.\n {2}sparkq task DEFAULT-2/)
  })

  test('ends where nobody reads any more', async t => {
    const at = await site(t)
    await add(at, 'job')
    const line = `"${process.execPath}" "${path.join(fixtures, 'main.ts')}" runner -q default --chat --watch | head -1`
    const child = spawn('bash', ['-c', line], { cwd: at.folder, env: at.env, stdio: 'ignore' })
    const closed = new Promise(resolve => child.once('close', resolve))
    await waitFor(
      'the task was given',
      async () => (await at.core.getTask({ id: 'DEFAULT-1' })).task.status !== 'queued',
    )
    // Both may have been in the pipe before its reader went: then only the next line meets nobody.
    await at.core.cancelTask({ id: 'DEFAULT-1' })
    assert.equal(await closed, 0)
    await free(at)
    assert.equal((await at.core.listRunners()).runners.length, 0)
  })

  test('is told how to do what is no prompt: the script, where to run it, and what it asks for', async t => {
    const at = await site(t, { 'scripts/deploy.sh': '#!/bin/bash\n# inputs: env\n' })
    const next = async (payload: Record<string, unknown>, tool_name = 'run-bash') => {
      const { task } = await at.core.createTask({ queue_id: 'default', tool_name, payload })
      const { stdout } = await at.sparkq(['runner', '-q', 'default', '--chat', '--once'])
      await at.core.completeTask({ id: task.id, result_summary: 'Done.' })
      return stdout
    }
    const script = { script_path: 'scripts/deploy.sh', args: ['to here'], env: { COLOUR: 'light blue' } }
    const told = `Run in ${at.folder} with COLOUR='light blue':\n  ${at.folder}/scripts/deploy.sh 'to here'\n`
    assert.ok((await next(script)).includes(told))
    assert.ok((await next({ command: 'a\nb\u001b[2J' })).includes('in bash:\n  a\n  b\\x1b[2J\n'))
    assert.ok((await next({ code: 'print(1)' }, 'run-python')).includes('with python3:\n  print(1)\n'))
    await at.core.createTask({ queue_id: 'default', tool_name: 'run-bash', payload: script })
    fs.rmSync(path.join(at.folder, 'scripts/deploy.sh'))
    const { stdout } = await at.sparkq(['runner', '-q', 'default', '--chat', '--once'])
    assert.match(stdout, /It cannot be run here: .* does not exist any more\. Fail it with that\.\n/)
  })

  test('is plain text on a terminal, too', { skip: !hasTerminal }, async t => {
    const at = await site(t)
    await add(at, 'job')
    const { shown, code } = await converse(t, at, 'runner -q default --chat --once', [], {
      more: { NO_COLOR: '', FORCE_COLOR: '1' },
    })
    assert.equal(code, 0, shown)
    assert.match(shown, /=== DEFAULT-1 · llm-sonnet · attempt 1/)
    assert.ok(!shown.includes('\u001b'), JSON.stringify(shown))
  })

  test('of a server elsewhere is finished by the commands that stand there', async t => {
    const at = await serverSite(t)
    await add(at, 'job')
    assert.equal((await at.sparkq(['start'])).code, 0)
    const { address } = await at.running()
    const { stdout } = await at.sparkq(['runner', '-q', 'default', '--chat', '--once', '--url', address])
    const command = /^ {2}(.* complete DEFAULT-1 .*)$/m.exec(stdout)?.[1] ?? ''
    assert.ok(command.endsWith(` --attempt 1 --url ${address}`), stdout)
    await promisify(execFile)('bash', ['-c', command.replace('SUMMARY', 'Done.')], {
      cwd: at.folder,
      env: at.env,
    })
    assert.equal((await taskOf(at)).result_summary, 'Done.')
    assert.equal((await at.sparkq(['stop'])).code, 0)
  })

  test('is bound to whoever runs the command', async t => {
    const at = await site(t)
    await add(at, 'job')
    await at.sparkq(['runner', '-q', 'default', '--chat', '--once'])
    const { attempts } = await at.core.listAttempts({ id: 'DEFAULT-1' })
    assert.deepEqual([attempts[0]?.bound, attempts[0]?.runner_id], [self(), null])
  })
})
