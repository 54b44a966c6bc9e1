import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import path from 'node:path'
import { describe, type TestContext, test } from 'node:test'
import { widthOf } from '../../src/cli/text.ts'
import { linesWithoutAgents } from '../support/warnings.ts'
import { begin } from './arrange.ts'
import { type Site, site } from './run-cli.ts'

const door = path.join(import.meta.dirname, '../fixtures/cli/main.ts')

/** util-linux's `script` lends a terminal; the one of other systems takes other arguments. */
const hasTerminal = process.platform === 'linux' && spawnSync('script', ['--version']).status === 0

const question = '[y/N] '

/** Runs on a terminal of 80 columns; a question gets `answer`. @returns what it showed, and the exit code */
async function onTerminal(
  t: TestContext,
  { folder, env }: Site,
  line: string,
  { answer = '', colours = false } = {},
) {
  const command = `stty cols 80 -echo; exec ${process.execPath} ${door} ${line}`
  const child = spawn('script', ['-qec', command, '/dev/null'], {
    cwd: folder,
    env: { ...env, TERM: 'xterm', SHELL: '/bin/sh', ...(colours ? {} : { NO_COLOR: '1' }) },
  })
  t.after(() => child.kill('SIGKILL'))
  let shown = ''
  child.stdout.setEncoding('utf8').on('data', text => {
    // What is typed before the question is there may be lost.
    if (!shown.includes(question) && (shown + text).includes(question)) child.stdin.write(answer)
    shown += text
  })
  const code = await new Promise(resolve => child.once('close', resolve))
  return { shown: shown.replaceAll('\r\n', '\n'), code }
}

const add = ({ core }: Site, command: string) =>
  core.createTask({ queue_id: 'default', tool_name: 'run-bash', payload: { command } })

describe('on a terminal', { concurrency: 2, skip: !hasTerminal }, () => {
  test('a listing fits the width and the height', async t => {
    const at = await site(t)
    for (let i = 1; i <= 40; i++) await add(at, `number ${i} ${'and so on '.repeat(20)}`)
    const { shown } = await onTerminal(t, at, 'tasks')
    const lines = shown.trimEnd().split('\n')
    assert.equal(lines.length, 32)
    assert.equal(lines.at(-1), '  30 shown, 10 more · --limit 0 shows all')
    for (const line of lines) assert.ok(widthOf(line) <= 80, line)
    assert.match(lines[1] ?? '', /^ {2}○ {2}DEFAULT-40 {2}run-bash {2}number 40 and so on .*… {2}queued /)
  })

  test('states have colours, and JSON is pretty', async t => {
    const at = await site(t)
    const attempt = await begin(at)
    await attempt.finish(0)
    assert.ok((await onTerminal(t, at, 'tasks', { colours: true })).shown.includes('\x1b[32m✓\x1b[0m'))
    assert.match((await onTerminal(t, at, 'tools --json')).shown, /^\{\n {2}"tools": \[\n/)
  })

  test('what cannot be undone is asked', async t => {
    const at = await site(t)
    await add(at, 'true')
    const asked = /Queue "default" has 1 queued task: ending it cancels it\. Go on\? \[y\/N\] /
    const no = await onTerminal(t, at, 'queue end default', { answer: '\r' })
    assert.match(no.shown, asked)
    assert.match(no.shown, /\nNothing was changed\.\n$/)
    assert.equal(no.code, 1)
    assert.equal((await at.core.getQueue({ id: 'default' })).queue.status, 'active')
    const interrupted = await onTerminal(t, at, 'queue end default', { answer: '\x03' })
    assert.equal(interrupted.code, 130)
    const yes = await onTerminal(t, at, 'queue end default', { answer: 'y\r' })
    assert.match(yes.shown, asked)
    assert.match(yes.shown, /Ended queue "default" · 1 queued task cancelled\.\n$/)
    assert.equal(yes.code, 0)
  })

  test('a plan is shown before it is asked about', async t => {
    const at = await site(t, { 'plan.md': `- [ ] fix it\n- [x] done\n${'- [ ] `make`\n'.repeat(40)}` })
    const line = 'enqueue --from plan.md'
    const no = await onTerminal(t, at, line, { answer: '\r' })
    assert.match(
      linesWithoutAgents(no.shown),
      /^ {2}lane +tool +what +timeout\n {2}default {2}llm-sonnet {2}fix it +20 min\n/,
    )
    assert.match(no.shown, /\n {2}30 shown, 11 more · --dry-run shows all\n1 ticked off is left out\n/)
    assert.match(no.shown, /41 tasks of plan\.md will be queued\. Go on\? \[y\/N\] /)
    assert.match(no.shown, /\nNothing was queued\.\n$/)
    assert.equal(no.code, 1)
    assert.deepEqual((await at.core.listTasks()).tasks, [])
    const yes = await onTerminal(t, at, line, { answer: 'y\r' })
    assert.match(yes.shown, /\nQueued 41 tasks in "default": DEFAULT-1 to DEFAULT-41\n/)
    assert.equal(yes.code, 0)
  })

  test('output cannot do more than colour the text', async t => {
    const at = await site(t)
    const attempt = await begin(at)
    attempt.write('stdout', 'a\x1b]0;owned\x07\x1b[2J\x1b[31mred\n')
    await attempt.finish(0)
    assert.equal((await onTerminal(t, at, 'logs')).shown, 'a\x1b[31mred\n\x1b[0m')
    assert.equal((await at.sparkq(['logs'])).stdout, 'a\x1b]0;owned\x07\x1b[2J\x1b[31mred\n')
  })
})
