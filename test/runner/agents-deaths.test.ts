import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { attemptFiles } from '../../src/attempt-files/paths.ts'
import { readStatus } from '../../src/attempt-files/status.ts'
import type { Attempt, ProcessIdentity } from '../../src/contract/attempts.ts'
import { findProcess } from '../../src/processes/table.ts'
import { waitFor } from '../support/wait.ts'
import { type AgentLane, openAgentLane } from './agents.ts'
import { assertNothingLeft, type Runner } from './support.ts'

/** In the middle of a tool call, which left group and session, in its first run; at the second it is quick. */
const tooling =
  'DO:[ -e .git/second ] || { touch .git/second; setsid sleep 1000 & echo $! > .git/tool; touch .git/busy; sleep 1000; }; echo b > b.txt\nSAY:done at last'

type At = { lane: AgentLane; runner: Runner; id: string; driver: number; recorder: number; agent: number }

async function amidToolCall(
  t: Parameters<typeof openAgentLane>[0],
  prompt = tooling,
  more: object = {},
): Promise<At> {
  const lane = await openAgentLane(t)
  const { id } = await lane.prompt(prompt, more)
  const runner = lane.spawnRunner('run')
  await waitFor('a tool runs', () => fs.existsSync(path.join(lane.project.root, '.git/busy')))
  const attempt = await waitFor(
    'it is said to be',
    async () => (await lane.attempts(id))[0]?.process && (await lane.attempts(id))[0],
  )
  const { pid } = readStatus(attemptFiles(lane.project.logs, id, 1).status)
  const agent = lane.calls()[0]?.pid as number
  return {
    lane,
    runner,
    id,
    driver: pid as number,
    recorder: (attempt.process as ProcessIdentity).pid,
    agent,
  }
}

/** The tool of the first run is gone. */
async function toolIsGone({ lane }: At): Promise<void> {
  const pid = Number(fs.readFileSync(path.join(lane.project.root, '.git/tool'), 'utf8'))
  await waitFor('the tool is gone', () => findProcess(pid) === null)
}

async function goesOn(at: At, why: RegExp): Promise<Attempt[]> {
  const { lane, id } = at
  await waitFor('it has succeeded', async () => (await lane.task(id)).status === 'succeeded')
  await toolIsGone(at)
  const task = await lane.task(id)
  const attempts = await lane.attempts(id)
  assert.deepEqual([task.result_summary, task.attempts, attempts.length], ['done at last', 1, 2])
  assert.deepEqual([attempts[0]?.outcome, attempts[0]?.charged], ['returned', false])
  const [first, second] = lane.calls()
  const session = /--session-id (\S+)/.exec(first?.argv.join(' ') ?? '')?.[1]
  assert.ok(second?.argv.join(' ').includes(session as string), 'the same conversation')
  assert.match(second?.stdin ?? '', /An earlier run of the following task was interrupted/)
  assert.match(attempts[0]?.error_message ?? '', why)
  await assertNothingLeft(lane)
  return attempts
}

test('the driver is killed amid a tool call: nothing survives, and the task goes on where it was', async t => {
  const at = await amidToolCall(t)
  process.kill(at.driver, 'SIGKILL')
  const attempts = await goesOn(at, /SIGKILL|stopped/)
  assert.ok((attempts[0]?.stop?.stopped ?? 0) > 0)
  await at.runner.ended
})

test('the agent is killed amid a tool call', async t => {
  const at = await amidToolCall(t)
  process.kill(at.agent, 'SIGKILL')
  await goesOn(at, /SIGKILL|stopped/)
  await at.runner.ended
})

test('driver, agent and runner are killed', async t => {
  const at = await amidToolCall(t)
  at.runner.kill('SIGKILL')
  for (const pid of [at.driver, at.agent]) process.kill(pid, 'SIGKILL')
  await at.runner.ended
  const next = at.lane.spawnRunner('run')
  await goesOn(at, /SIGKILL|stopped/)
  await next.ended
})

test('recorder, driver, agent and runner are killed, and the tool: it has vanished', async t => {
  const at = await amidToolCall(t)
  at.runner.kill('SIGKILL')
  const tool = Number(fs.readFileSync(path.join(at.lane.project.root, '.git/tool'), 'utf8'))
  for (const pid of [at.recorder, at.driver]) process.kill(pid, 'SIGKILL')
  process.kill(-at.driver, 'SIGKILL')
  process.kill(tool, 'SIGKILL')
  await at.runner.ended
  const next = at.lane.spawnRunner('run')
  const attempts = await goesOn(at, /vanished|gone/i)
  assert.equal(attempts[0]?.error_type, 'worker_lost')
  await next.ended
})

test('the runner is killed: the agent works on, the next runner takes it up', async t => {
  const prompt = 'DO:touch .git/busy; until [ -e .git/go ]; do sleep 0.01; done; echo b > b.txt\nSAY:one run'
  const { lane, runner, id } = await amidToolCall(t, prompt)
  runner.kill('SIGKILL')
  await runner.ended
  const next = lane.spawnRunner('run')
  await next.saw('task_started', 'Q-1')
  fs.writeFileSync(path.join(lane.project.root, '.git/go'), '')
  await next.ended
  const task = await lane.task(id)
  const [attempt] = await lane.attempts(id)
  assert.deepEqual([task.status, task.result_summary, lane.calls().length], ['succeeded', 'one run', 1])
  assert.deepEqual(
    attempt?.changes?.files.map(it => it.path),
    ['b.txt'],
  )
  await assertNothingLeft(lane)
})

test('the runner is killed, and the work ends before the next one comes', async t => {
  const { lane, runner, id } = await amidToolCall(t, 'DO:touch .git/busy\nSAY:one run')
  runner.kill('SIGKILL')
  await runner.ended
  const files = attemptFiles(lane.project.logs, id, 1)
  await waitFor('it has ended', () => readStatus(files.status).exit)
  await lane.spawnRunner('run').ended
  assert.equal((await lane.task(id)).result_summary, 'one run')
  await assertNothingLeft(lane)
})

test('the recorder alone is killed: the driver’s report counts', async t => {
  const prompt = 'DO:touch .git/busy; until [ -e .git/go ]; do sleep 0.01; done\nSAY:one run'
  const { lane, runner, id, recorder } = await amidToolCall(t, prompt)
  process.kill(recorder, 'SIGKILL')
  fs.writeFileSync(path.join(lane.project.root, '.git/go'), '')
  await runner.ended
  assert.deepEqual(
    [(await lane.task(id)).status, (await lane.task(id)).result_summary],
    ['succeeded', 'one run'],
  )
  await assertNothingLeft(lane)
})

test('a cancelled one, and one past its timeout, are stopped with their tools', async t => {
  const at = await amidToolCall(t)
  await at.lane.api.cancelTask({ id: at.id })
  await at.runner.ended
  await toolIsGone(at)
  const task = await at.lane.task(at.id)
  assert.deepEqual([task.status, task.error_type], ['failed', 'cancelled'])
  await assertNothingLeft(at.lane)
  const late = await amidToolCall(t, tooling, { timeout: 1 })
  await late.runner.ended
  await toolIsGone(late)
  assert.equal((await late.lane.task(late.id)).error_type, 'timeout')
  await assertNothingLeft(late.lane)
})

test('an agent that ignores TERM, and one that never prints, are killed when they are cancelled', async t => {
  for (const prompt of [
    'STUBBORN:1\nHANG:start',
    'STUBBORN:1\nDO:touch .git/busy; sleep 1000',
    'HANG:start',
  ]) {
    const lane = await openAgentLane(t)
    const { id } = await lane.prompt(prompt)
    const runner = lane.spawnRunner('run')
    await waitFor('it runs', () => lane.calls().length === 1)
    await lane.api.cancelTask({ id })
    await runner.ended
    assert.equal((await lane.task(id)).error_type, 'cancelled')
    await assertNothingLeft(lane)
  }
})

test('an agent that was lost four times is held', async t => {
  const lane = await openAgentLane(t)
  const { id } = await lane.prompt('DO:kill -9 $PPID')
  await lane.work()
  const task = await lane.task(id)
  assert.deepEqual([task.status, task.error_type, lane.calls().length], ['failed', 'worker_lost', 4])
  assert.equal((await lane.api.getQueue({ id: 'q' })).queue.status, 'idle')
  await assertNothingLeft(lane)
})

test('an agent that prints 200 MB of garbage: what is kept is what is allowed, and its result counts', async t => {
  const lane = await openAgentLane(t, 'limits: {stop_grace: 0.3, max_output_mb: 8}\n')
  const { id } = await lane.prompt('GARBAGE_MB:200\nSAY:still here')
  await lane.work()
  assert.deepEqual(
    [(await lane.task(id)).status, (await lane.task(id)).result_summary],
    ['succeeded', 'still here'],
  )
})
