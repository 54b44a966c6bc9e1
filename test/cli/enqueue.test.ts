import assert from 'node:assert/strict'
import path from 'node:path'
import { describe, test } from 'node:test'
import { self } from '../../src/processes/identity.ts'
import { linesWithoutAgents } from '../support/warnings.ts'
import { type RunOptions, type Site, site } from './run-cli.ts'

const script = '#!/bin/sh\necho hi\n'

async function enqueue({ sparkq }: Site, args: string[], options?: RunOptions) {
  const { stdout, stderr, code } = await sparkq(['enqueue', '--json', ...args], options)
  assert.equal(code, 0, stderr)
  return JSON.parse(stdout)
}

describe('enqueue', { concurrency: 4 }, () => {
  test('puts work without a lane into the lane "default"', async t => {
    const at = await site(t, { 'x.sh': script })
    for (const args of [['-c', 'true'], ['--', './x.sh'], ['fix the login test']]) {
      assert.equal((await enqueue(at, args)).task.queue.name, 'default')
    }
  })

  test('says what was queued, where it stands and what to type next', async t => {
    const at = await site(t, { 'scripts/migrate.sh': script })
    await at.core.createQueue({ session_id: 'default', name: 'auth' })
    const add = (...args: string[]) =>
      at.sparkq(['enqueue', '-q', 'auth', ...args, '--', './scripts/migrate.sh'])
    const first = await add('-t', 'run-bash')
    assert.equal(
      first.stdout,
      'Queued AUTH-1 · run-bash ./scripts/migrate.sh · 1st in line, nothing runs this lane\n',
    )
    assert.equal(
      first.stderr,
      '  sparkq runner -q auth            work it now\n  sparkq logs -f AUTH-1            follow it\n',
    )
    assert.match((await add()).stdout, /^Queued AUTH-2 · .* · 2nd in line, nothing runs this lane\n$/)

    await at.core.startRunner({ queue_id: 'auth', mode: 'watch', process: self() })
    const held = await add()
    assert.match(held.stdout, / · 3rd in line\n$/)
    assert.equal(held.stderr, '  sparkq logs -f AUTH-3            follow it\n')
    await at.core.startRunner({ queue_id: 'default', mode: 'watch', process: self() })
    assert.match((await at.sparkq(['enqueue', '-q', 'default', '-c', 'true'])).stdout, / · runs next\n$/)

    await at.core.updateTask({ id: 'AUTH-1', not_before: '2130-01-01T00:00:00Z' })
    assert.match((await add()).stdout, /^Queued AUTH-4 · .* · 3rd in line\n$/)
    const { why } = await at.core.explainTask({ id: 'AUTH-4' })
    assert.match(why.sentence, /^AUTH-4 is 3rd in line /)

    await at.core.pauseQueue({ id: 'auth', reason: 'for lunch' })
    const paused = await add('--in', '2h')
    assert.match(paused.stdout, / · not before \d\d:\d\d, the lane is paused \(for lunch\)\n$/)
    assert.match(paused.stderr, /^ {2}sparkq queue resume auth /)
  })

  test('takes a script with arguments, found from where it is typed, kept from the project on', async t => {
    const at = await site(t, { 'scripts/deploy.sh': script, 'tools/seed.py': 'print(1)\n' })
    const lane = ['-q', 'default']
    const deep = await enqueue(at, [...lane, '--', './deploy.sh', 'staging', '--force', '-q'], {
      in: 'scripts',
    })
    assert.equal(deep.task.tool_name, 'run-bash')
    assert.deepEqual(deep.task.payload, {
      script_path: 'scripts/deploy.sh',
      args: ['staging', '--force', '-q'],
    })
    const python = await enqueue(at, [...lane, '--cwd', '.', '--', '../tools/seed.py'], { in: 'scripts' })
    assert.equal(python.task.tool_name, 'run-python')
    assert.deepEqual(python.task.payload, { script_path: 'tools/seed.py', cwd: 'scripts' })
    const absolute = await enqueue(at, [...lane, '--', path.join(at.folder, 'scripts/deploy.sh')])
    assert.deepEqual(absolute.task.payload, { script_path: 'scripts/deploy.sh' })
    const outside = await enqueue(at, [...lane, '-t', 'run-bash', '--', '/bin/sh', '-c', 'true'])
    assert.deepEqual(outside.task.payload, { script_path: '/bin/sh', args: ['-c', 'true'] })
  })

  test('takes a command line, code, and JSON from the line, a file or stdin', async t => {
    const at = await site(t, { 'payload.json': '{"command": "from a file"}' })
    const payload = async (...args: string[]) =>
      (await enqueue(at, ['-q', 'default', ...args], { input: '{"command": "from stdin"}' })).task.payload
    assert.deepEqual(await payload('-c', 'make test'), { command: 'make test' })
    assert.deepEqual(await payload('-t', 'run-python', '-c', 'print(1)'), { code: 'print(1)' })
    assert.deepEqual(await payload('-t', 'run-bash', '--payload', '{"command": "x"}'), { command: 'x' })
    assert.deepEqual(await payload('-t', 'run-bash', '--payload', '@payload.json'), {
      command: 'from a file',
    })
    assert.deepEqual(await payload('-t', 'run-bash', '--payload', '-'), { command: 'from stdin' })
    assert.deepEqual(await payload('-c', 'x', '--env', 'A=1', '--env', 'B=x=y z'), {
      command: 'x',
      env: { A: '1', B: 'x=y z' },
    })
  })

  test('takes a check, which goes into the payload of whatever it is', async t => {
    const at = await site(t)
    const add = async (...args: string[]) =>
      JSON.parse((await at.sparkq(['add', 'default', ...args, '--check', 'npm test', '--json'])).stdout).task
        .payload
    assert.deepEqual(await add('fix it'), { prompt: 'fix it', check: 'npm test' })
    assert.deepEqual(await add('-c', 'make'), { command: 'make', check: 'npm test' })
    const { code, stderr } = await at.sparkq(['add', '--from', 'x.md', '--check', 'true'])
    assert.equal(code, 2)
    assert.match(stderr, /Either --from or --check/)
  })

  test('takes a prompt, with its lane or for the lane "default"', async t => {
    const at = await site(t, { 'prompt.md': 'Fix the\nlogin test.\n' })
    await at.core.createQueue({
      session_id: 'default',
      name: 'auth',
      settings: { default_tool: 'llm-haiku' },
    })
    const add = async (args: string[], options?: RunOptions) => {
      const { stdout, stderr } = await at.sparkq(['add', ...args, '--json'], options)
      assert.equal(linesWithoutAgents(stderr), '')
      const { queue, tool_name, payload } = JSON.parse(stdout).task
      return [queue.name, tool_name, payload.prompt]
    }
    assert.deepEqual(await add(['auth', 'fix it']), ['auth', 'llm-haiku', 'fix it'])
    assert.deepEqual(await add(['-q', 'auth', 'fix it']), ['auth', 'llm-haiku', 'fix it'])
    assert.deepEqual(await add(['fix it', '--stream', 'auth']), ['auth', 'llm-haiku', 'fix it'])
    assert.deepEqual(await add(['fix it']), ['default', 'llm-sonnet', 'fix it'])
    assert.deepEqual(await add(['auth', '--file', 'prompt.md']), [
      'auth',
      'llm-haiku',
      'Fix the\nlogin test.',
    ])
    assert.deepEqual(await add(['auth', '-'], { input: 'from stdin\n' }), ['auth', 'llm-haiku', 'from stdin'])
    assert.deepEqual(await add(['auth', '- a list', '-t', 'llm-codex']), ['auth', 'llm-codex', '- a list'])
  })

  test('uses the tool of the lane only for work that it can do', async t => {
    const at = await site(t, { 'x.sh': script })
    const tool = async (...args: string[]) => (await enqueue(at, ['-q', 'default', ...args])).task.tool_name
    assert.equal(await tool('--', 'x.sh'), 'run-bash')
    assert.equal(await tool('-c', 'true'), 'run-bash')
    assert.equal(await tool('fix it'), 'llm-sonnet')
    await at.core.updateQueue({ id: 'default', settings: { default_tool: 'run-python' } as never })
    assert.equal(await tool('-c', 'print(1)'), 'run-python')
  })

  test('takes timeout, class, delay and attempts', async t => {
    const at = await site(t)
    const before = Date.now()
    const { task } = await enqueue(at, [
      ...['-q', 'default', '-c', 'true', '--timeout', '30', '--class', 'FAST_SCRIPT'],
      ...['--in', '30m', '--max-attempts', '3'],
    ])
    assert.deepEqual([task.timeout, task.task_class, task.max_attempts], [30, 'FAST_SCRIPT', 3])
    const delay = Date.parse(task.not_before) - before
    assert.ok(delay >= 1_800_000 && delay < 1_860_000)
    const at2 = await enqueue(at, ['-q', 'default', '-c', 'true', '--at', '02:00'])
    const due = new Date(at2.task.not_before)
    assert.deepEqual([due.getHours(), due.getMinutes(), due.getTime() > before], [2, 0, true])
  })

  test('with a key that is known answers the first task', async t => {
    const at = await site(t)
    const add = (command: string) => at.sparkq(['enqueue', '-q', 'default', '-c', command, '--key', 'k1'])
    assert.match((await add('true')).stdout, /^Queued DEFAULT-1 /)
    assert.equal((await add('true')).stdout, 'DEFAULT-1 has this key already · run-bash true · queued\n')
    const other = await add('false')
    assert.deepEqual([other.stdout, other.code], ['', 4])
    assert.equal((await at.core.listTasks()).tasks.length, 1)
  })

  test('prints the bare id for scripts', async t => {
    const at = await site(t)
    const { stdout, stderr } = await at.sparkq(['enqueue', '-q', 'default', '-c', 'true', '--quiet'])
    assert.deepEqual([stdout, stderr], ['DEFAULT-1\n', ''])
  })

  test('tells what is odd in the header of a script', async t => {
    const at = await site(t, { 'x.sh': '#!/bin/sh\n# timeout: soon\n' })
    const { stdout, stderr, code } = await at.sparkq(['enqueue', '-q', 'default', '--', 'x.sh'])
    assert.equal(code, 0)
    assert.match(stdout, /^Queued DEFAULT-1 /)
    assert.match(stderr, /^.*x\.sh:2.*timeout.*\n/)
  })

  test('keeps control characters of a task from the terminal', async t => {
    const at = await site(t)
    const { stdout } = await at.sparkq(['enqueue', '-q', 'default', '-c', 'echo \x1b]0;owned\x07\nnext'])
    assert.match(stdout, /^Queued DEFAULT-1 · run-bash echo \\x1b\]0;owned\\x07 next · /)
  })
})
