import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { StopReport } from '../../src/contract/attempts.ts'
import { identify, liveness } from '../../src/processes/identity.ts'
import { stopTree } from '../../src/processes/stop.ts'
import { findProcess } from '../../src/processes/table.ts'
import { exitOf, remains, scene, start, startTask, type Task, until } from './support.ts'

// Long enough that a process that leaves in time always does, on a machine however busy.
const ample = { graceMs: 60_000 }
const short = { graceMs: 200 }

// The wrapper ends by itself, a moment after its task.
async function nothingRemains(task: Task): Promise<void> {
  const { wrapper, leader } = task.tree
  const left = remains(task).filter(
    row => row.pid === leader.pid || ![row.pid, row.ppid].includes(wrapper.pid),
  )
  assert.deepEqual(left, [])
  await until('the wrapper has ended', () => remains(task).length === 0).catch(error => {
    assert.fail(`${error}: ${JSON.stringify(remains(task))}`)
  })
}

const sent = (report: StopReport) => report.signals.map(({ signal }) => signal)

test('a polite task gets a TERM, and its exit is its own', async t => {
  const task = await startTask(t, 'polite.sh')
  const report = await stopTree(task.tree, ample)
  assert.deepEqual(sent(report), ['SIGTERM'])
  assert.match(report.signals[0]?.at ?? '', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  assert.ok(report.stopped >= 1)
  assert.deepEqual(report.survivors, [])
  assert.equal(await exitOf(task), '7')
})

test('a task that ignores TERM is killed after the grace', async t => {
  const task = await startTask(t, 'stubborn.sh')
  const begun = performance.now()
  const report = await stopTree(task.tree, short)
  assert.ok(performance.now() - begun >= short.graceMs)
  assert.deepEqual(sent(report), ['SIGTERM', 'SIGKILL'])
  assert.deepEqual(report.survivors, [])
  assert.equal(await exitOf(task), '137')
})

test('hurry ends the grace', async t => {
  const task = await startTask(t, 'stubborn.sh')
  const hurry = new AbortController()
  const report = stopTree(task.tree, { ...ample, hurry: hurry.signal })
  hurry.abort()
  assert.deepEqual(sent(await report), ['SIGTERM', 'SIGKILL'])
  assert.equal(await exitOf(task), '137')
})

test('nothing survives of a task that traps TERM, double-forks and leaves its session', async t => {
  const task = await startTask(t, 'clinging.sh')
  const report = await stopTree(task.tree, short)
  assert.deepEqual(report.survivors, [])
  assert.ok(report.stopped >= 5, `${report.stopped}`)
  assert.equal(sent(report).filter(signal => signal === 'SIGKILL').length >= 2, true)
  await exitOf(task)
  await nothingRemains(task)
})

test('a stopped task can act on the TERM', async t => {
  const task = await startTask(t, 'polite.sh')
  process.kill(-task.tree.leader.pid, 'SIGSTOP')
  await until('it is stopped', () => findProcess(task.tree.leader.pid)?.state.startsWith('T'))
  const report = await stopTree(task.tree, ample)
  assert.deepEqual(sent(report), ['SIGTERM', 'SIGCONT'])
  assert.equal(await exitOf(task), '7')
})

test('while no leader is known, every member gets the TERM', async t => {
  const task = await startTask(t, 'polite.sh')
  const report = await stopTree({ ...task.tree, leader: null }, ample)
  assert.deepEqual(sent(report), ['SIGTERM'])
  assert.deepEqual(report.survivors, [])
  assert.equal(await exitOf(task), '7')
})

test('what a finished leader left in its group is stopped', async t => {
  const task = await startTask(t, 'parting.sh')
  assert.equal(await exitOf(task), '0')
  await until('the leader is gone', () => identify(task.tree.leader.pid) === null)
  const report = await stopTree(task.tree, ample)
  assert.deepEqual(sent(report), ['SIGTERM'])
  assert.equal(report.stopped, 1)
  await nothingRemains(task)
})

test('the wrapper and its helpers are left to record the exit', async t => {
  const place = scene(t)
  const go = join(place.dir, 'go')
  spawnSync('mkfifo', [go])
  const task = await startTask(t, 'polite.sh', place)
  process.kill(-task.tree.leader.pid, 'SIGTERM')
  await until('the helper is at work', () => existsSync(join(place.dir, 'recording')))
  const report = await stopTree(task.tree, ample)
  assert.deepEqual(report, { signals: [], stopped: 0, survivors: [] })
  writeFileSync(go, '\n')
  assert.equal(await exitOf(task), '7')
})

test('a stranger in a reused process group is not touched', async t => {
  const stranger = start(t, ['sleep', '600'])
  const { mark } = scene(t)
  const report = await stopTree(
    { mark, wrapper: null, leader: { ...stranger, start_time: 'earlier' } },
    short,
  )
  assert.deepEqual(report, { signals: [], stopped: 0, survivors: [] })
  assert.equal(liveness(stranger), 'alive')
})

test('a storm of new sessions is ended', async t => {
  const task = await startTask(t, 'storm.sh')
  const report = await stopTree(task.tree, short)
  assert.deepEqual(report.survivors, [])
  assert.ok(report.signals.length <= 52)
  await nothingRemains(task)
  await exitOf(task)
})

test('a process that is for ever replaced by its own child is caught', async t => {
  const task = await startTask(t, 'comet.sh')
  const report = await stopTree(task.tree, short)
  assert.deepEqual(report.survivors, [])
  await nothingRemains(task)
})

// Needs two users other than root: one owns the process, the other may not signal it.
test('a process that may not be signalled is a survivor', { skip: process.getuid?.() !== 0 }, async t => {
  const { mark } = scene(t)
  const theirs = start(t, ['sleep', '600'], {}, 65_534)
  process.seteuid?.(65_533)
  t.after(() => process.seteuid?.(0))
  const report = await stopTree({ mark, wrapper: null, leader: theirs }, short)
  process.seteuid?.(0)
  assert.deepEqual(report, {
    signals: [],
    stopped: 1,
    survivors: [{ pid: theirs.pid, command: 'sleep 600' }],
  })
})
