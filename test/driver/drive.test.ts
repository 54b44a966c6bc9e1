import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { readPlan, usualLimits } from '../../src/driver/plan.ts'
import { replay } from '../../src/driver/replay.ts'
import { openRepository } from '../changes/support.ts'
import { waitFor } from '../support/wait.ts'
import { agentTool, startDriver } from './support.ts'

const quick = { ...usualLimits, linger: 300, grace: 300 }

test('an agent’s answer, its conversation and what it used are told', async t => {
  const { ended, report, calls } = startDriver(t, { prompt: '-p is no option\nSAY:done it' })
  assert.deepEqual(await ended, { code: 0, signal: null })
  const { agent, exit, warnings, changes } = report()
  assert.deepEqual(
    [agent?.report.outcome, agent?.answer, exit, warnings, changes],
    ['ok', 'done it', { code: 0, signal: null }, [], null],
  )
  assert.match(agent?.report.session_id ?? '', /^[0-9a-f-]{36}$/)
  const [call] = calls()
  assert.equal(call?.stdin, '-p is no option\nSAY:done it')
})

test('a program that is not there is told, and what could be meant', async t => {
  const { ended, report, cwd } = startDriver(t, { env: { PATH: '/nowhere' } })
  assert.equal((await ended).code, 127)
  assert.equal(report().failed, 'the program claude is not on the PATH of its runner.')
  assert.ok(fs.existsSync(cwd))
})

test('what the project’s tree was before and after', async t => {
  const { folder } = openRepository(t)
  const { ended, report, files } = startDriver(t, {
    cwd: folder,
    look: { folder, worktree: null },
    prompt: 'DO:echo new > b.txt; git -c user.name=A -c user.email=a@b commit -q --allow-empty -m Made',
  })
  await ended
  const { changes } = report()
  assert.deepEqual(
    [changes?.files, changes?.commits.map(it => it.subject), changes?.branch, changes?.after.dirty],
    [[{ path: 'b.txt', added: 1, deleted: 0 }], ['Made'], 'main', true],
  )
  assert.equal(fs.existsSync(files.objects), false)
})

test('a check that fails twice goes back into the conversation, then passes', async t => {
  const check = {
    command: 'echo x >> n; [ "$(wc -l < n)" -ge 3 ] || { echo "not yet $(wc -l < n)"; exit 3; }',
    retries: 2,
  }
  const { ended, report, calls, files } = startDriver(t, { check })
  await ended
  const { check: said, agent } = report()
  assert.deepEqual([said?.passed, agent?.report.outcome, calls().length], [true, 'ok', 3])
  const [first, second, third] = calls()
  const id = agent?.report.session_id as string
  assert.ok(!first?.argv.includes('--resume'))
  for (const call of [second, third]) assert.ok(call?.argv.join(' ').includes(`--resume ${id}`))
  assert.match(second?.stdin ?? '', /exit code 3.*not yet 1\n/s)
  assert.match(third?.stdin ?? '', /not yet 2\n/)
  assert.match(
    fs.readFileSync(files.stderr, 'utf8'),
    /sparkq: Checking: .*not yet 1\nsparkq: The check failed/s,
  )
})

test('a check that never passes is tried as often as is allowed', async t => {
  const { ended, report, calls } = startDriver(t, { check: { command: 'exit 4', retries: 1 } })
  await ended
  assert.deepEqual([report().check, calls().length], [{ command: 'exit 4', passed: false, code: 4 }, 2])
})

test('an agent that did not do it is not checked', async t => {
  const { ended, report } = startDriver(t, {
    prompt: 'REPLAY:claude-maxturns',
    check: { command: 'touch checked', retries: 1 },
  })
  await ended
  assert.deepEqual([report().agent?.report.outcome, report().check], ['max_turns', undefined])
})

test('a command has its check, too, and nobody is told what it says', async t => {
  const tool = { kind: 'command' as const, argv: ['bash', '-c', 'echo work; exit 0'], prompt: false }
  const { ended, report, files } = startDriver(t, { tool, check: { command: 'echo no; exit 5', retries: 2 } })
  assert.equal((await ended).code, 0)
  assert.deepEqual(report().check?.code, 5)
  assert.equal(fs.readFileSync(files.stdout, 'utf8'), 'work\n')
  assert.match(fs.readFileSync(files.stderr, 'utf8'), /no\n$/)
})

test('a command that fails is not checked, and its end is the driver’s', async t => {
  const tool = { kind: 'command' as const, argv: ['bash', '-c', 'kill -KILL $$'], prompt: false }
  const { ended, report } = startDriver(t, { tool, check: { command: 'true', retries: 2 } })
  assert.equal((await ended).code, 137)
  assert.deepEqual([report().exit, report().check], [{ code: null, signal: 'SIGKILL' }, undefined])
})

test('an agent that lingers after its result is stopped, and its result stands', async t => {
  const { ended, report, alive } = startDriver(t, { prompt: 'HANG:end\nSTUBBORN:1', limits: quick })
  await ended
  const { agent, exit, warnings } = report()
  assert.deepEqual([agent?.report.outcome, exit.signal], ['ok', 'SIGKILL'])
  assert.match(warnings.join(), /had not ended 0.3 s after its result, and was stopped/)
  assert.deepEqual(alive(), [])
})

test('an agent that is killed takes its tools with it', async t => {
  const driving = startDriver(t, {
    prompt: 'DO:setsid sleep 1000 & echo $! > pid; sleep 1000',
    limits: quick,
  })
  const { report, calls, ended, cwd, alive } = driving
  await waitFor('a tool runs', () => fs.existsSync(path.join(cwd, 'pid')))
  process.kill(calls()[0]?.pid as number, 'SIGKILL')
  await ended
  assert.equal(report().agent?.report.outcome, 'killed')
  assert.deepEqual(alive(), [])
})

test('a TERM to the group: what is known is written down', async t => {
  const driving = startDriver(t, { prompt: 'HANG:end', check: { command: 'touch checked', retries: 1 } })
  const { report, ended, pid, cwd, files } = driving
  await waitFor('it hangs after its result', () =>
    fs.readFileSync(files.stdout, 'utf8').includes('"type":"result"'),
  )
  process.kill(-pid, 'SIGTERM')
  await ended
  assert.equal(report().agent?.report.outcome, 'ok')
  assert.deepEqual(report().check, { command: 'touch checked', passed: null, code: null })
  assert.equal(fs.existsSync(path.join(cwd, 'checked')), false)
})

test('a driver that was killed: its output is read again', async t => {
  const { folder } = openRepository(t)
  const driving = startDriver(t, {
    cwd: folder,
    look: { folder, worktree: null },
    prompt: 'DO:echo b > b.txt\nHANG:end\nSAY:it is done',
  })
  const { ended, files, kill } = driving
  await waitFor('it hangs after its result', () =>
    fs.readFileSync(files.stdout, 'utf8').includes('"type":"result"'),
  )
  kill('SIGKILL')
  await ended
  const plan = readPlan(files)
  assert.ok(plan)
  const exit = { code: null, signal: 'SIGKILL' }
  const found = await replay(plan, files, { exit, env: process.env })
  assert.deepEqual(
    [found.agent?.report.outcome, found.agent?.answer, found.changes?.files.map(it => it.path)],
    ['ok', 'it is done', ['b.txt']],
  )
  assert.equal(fs.existsSync(files.objects), false)
})

test('a driver that was killed before its agent had a result, or before the check', async t => {
  const early = startDriver(t, { prompt: 'HANG:start' })
  await waitFor('it runs', () => early.calls().length === 1)
  early.kill('SIGKILL')
  await early.ended
  const exit = { code: null, signal: 'SIGKILL' }
  const plan = readPlan(early.files)
  assert.ok(plan)
  assert.equal((await replay(plan, early.files, { exit, env: process.env })).agent?.report.outcome, 'killed')
  const checking = startDriver(t, { check: { command: 'touch checking; sleep 1000', retries: 1 } })
  await waitFor('it checks', () => fs.existsSync(path.join(checking.cwd, 'checking')))
  checking.kill('SIGKILL')
  await checking.ended
  const checked = readPlan(checking.files)
  assert.ok(checked)
  const found = await replay(checked, checking.files, { exit, env: process.env })
  assert.deepEqual([found.agent?.report.outcome, found.check?.passed], ['ok', null])
})

test('200 MB of garbage, a line of 20 MB', async t => {
  const driving = startDriver(t, { prompt: 'GARBAGE_MB:200\nSAY:still here' })
  await driving.ended
  assert.deepEqual(
    [driving.report().agent?.report.outcome, driving.report().agent?.answer],
    ['ok', 'still here'],
  )
  const line = startDriver(t, { prompt: 'GARBAGE_LINE_MB:20\nSAY:still here' })
  await line.ended
  assert.equal(line.report().agent?.answer, 'still here')
})

test('keys are not passed on to an agent unless its tool says so; the check has them', async t => {
  const env = { ANTHROPIC_API_KEY: 'key', CLAUDECODE: '1' }
  const check = { command: 'echo "$ANTHROPIC_API_KEY" > key', retries: 0 }
  const without = startDriver(t, { env, check })
  await without.ended
  assert.deepEqual(
    [without.calls()[0]?.env.ANTHROPIC_API_KEY, without.calls()[0]?.env.CLAUDECODE],
    [undefined, undefined],
  )
  assert.equal(fs.readFileSync(path.join(without.cwd, 'key'), 'utf8'), 'key\n')
  const withKey = startDriver(t, { env, tool: agentTool({ use_api_key: true }) })
  await withKey.ended
  assert.equal(withKey.calls()[0]?.env.ANTHROPIC_API_KEY, 'key')
})

test('an agent that does nothing but wait for its network is stopped', async t => {
  const { ended, report, alive } = startDriver(t, {
    tool: agentTool({ agent: 'codex' }),
    prompt: 'REPLAY:codex-refused\nHANG:end',
    limits: { ...quick, network: 300, linger: 60_000 },
  })
  await ended
  assert.equal(report().agent?.report.outcome, 'network')
  assert.match(report().warnings.join(), /waited for the network for 0.3 s, and was stopped/)
  assert.deepEqual(alive(), [])
})

test('a tree that takes too long to look at holds nothing up', async t => {
  const { folder } = openRepository(t)
  const { ended, report } = startDriver(t, {
    cwd: folder,
    look: { folder, worktree: null },
    prompt: 'SAY:done',
    limits: { ...quick, look: 0 },
  })
  await ended
  assert.deepEqual([report().agent?.answer, report().changes], ['done', null])
  assert.match(report().warnings.join(), /What was changed is not known \(git .* took too long\)/)
})

test('a driver that fails says so, and leaves nothing', async t => {
  const driving = startDriver(t, {
    prompt: 'DO:touch busy; setsid sleep 1000',
    check: { command: 'exit 1', retries: 1 },
  })
  const { ended, report, alive, files, cwd, calls } = driving
  await waitFor('its tool runs', () => fs.existsSync(path.join(cwd, 'busy')))
  // The next prompt has no place.
  fs.mkdirSync(`${files.prompt}.2`)
  for (const { pid, command } of alive()) if (command.includes('sleep')) process.kill(pid, 'SIGKILL')
  await ended
  assert.match(report().failed ?? '', /^its driver failed: EISDIR/)
  assert.deepEqual([alive(), calls().length], [[], 1])
})
