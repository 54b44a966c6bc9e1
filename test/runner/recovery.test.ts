import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { attemptFiles } from '../../src/attempt-files/paths.ts'
import { readStatus } from '../../src/attempt-files/status.ts'
import { self } from '../../src/processes/identity.ts'
import { writeFiles } from '../support/folder.ts'
import { waitFor } from '../support/wait.ts'
import { assertNothingLeft, type Lane, openLane, processesOf } from './support.ts'

/** Writes a line, waits for the file `go`, writes another and exits with 7. */
const twoLines = 'echo one; until [ -e go ]; do sleep 0.01; done; echo two; echo oops >&2; exit 7'

async function killRunnerInTheMiddle(
  t: Parameters<typeof openLane>[0],
  command = twoLines,
  config?: string,
): Promise<Lane> {
  const lane = await openLane(t, config)
  await lane.bash(command)
  const runner = lane.spawnRunner('watch')
  await runner.saw('output', 'Q-1')
  runner.kill('SIGKILL')
  await runner.ended
  assert.equal((await lane.task('Q-1')).status, 'running')
  return lane
}

const letGo = ({ project }: Lane) => writeFiles(project.root, { go: '' })
const output = async (lane: Lane) =>
  Buffer.from((await lane.api.readOutput({ id: 'Q-1', stream: 'stdout' })).bytes).toString()

async function assertTrueEnd(lane: Lane): Promise<void> {
  const task = await lane.task('Q-1')
  assert.deepEqual(
    [task.status, task.exit_code, task.error_type, task.error_detail],
    ['failed', 7, 'exit_code', 'oops'],
  )
  assert.equal((await lane.api.listAttempts({ id: 'Q-1' })).attempts.length, 1)
  assert.equal(await output(lane), 'one\ntwo\n')
  await assertNothingLeft(lane)
}

test('a task outlives its runner, and the next runner follows it to its true end', async t => {
  const lane = await killRunnerInTheMiddle(t)
  const runner = lane.spawnRunner('run')
  await runner.saw('task_started', 'Q-1')
  letGo(lane)
  await runner.ended
  assert.match(runner.lines.join('\n'), /"type":"task_started".*"adopted":true/)
  await assertTrueEnd(lane)
})

test('a task that ended while no runner was there is finished with its true exit code and time', async t => {
  const lane = await killRunnerInTheMiddle(t)
  letGo(lane)
  await waitFor('the task has ended', async () => (await processesOf(lane)).length === 0)
  const endedBy = Date.now()
  await lane.work()
  await assertTrueEnd(lane)
  assert.ok(Date.parse((await lane.task('Q-1')).finished_at as string) <= endedBy)
})

test('a task whose processes vanished without a trace is lost, and the lane pauses', async t => {
  const lane = await killRunnerInTheMiddle(t)
  await lane.bash('echo next')
  const [attempt] = (await lane.api.listAttempts({ id: 'Q-1' })).attempts
  const { pid } = readStatus(attemptFiles(lane.project.logs, attempt?.task_id as string, 1).status)
  // The recorder first, or it would record the task's end.
  process.kill(attempt?.process?.pid as number, 'SIGKILL')
  process.kill(-(pid as number), 'SIGKILL')
  await waitFor('they are gone', async () => (await processesOf(lane)).length === 0)
  const { events } = await lane.work()
  const task = await lane.task('Q-1')
  assert.deepEqual([task.status, task.error_type, task.exit_code], ['failed', 'worker_lost', null])
  const { queue } = await lane.api.getQueue({ id: 'q' })
  assert.equal(queue.status, 'idle')
  assert.match(queue.pause_reason ?? '', /^Q-1 vanished/)
  assert.equal((await lane.task('Q-2')).status, 'queued')
  assert.equal(events.at(-2)?.type, 'waiting')
})

test('a task whose recorder alone was killed is followed to its end, of which the exit is not known', async t => {
  const lane = await killRunnerInTheMiddle(t)
  const [attempt] = (await lane.api.listAttempts({ id: 'Q-1' })).attempts
  process.kill(attempt?.process?.pid as number, 'SIGKILL')
  const runner = lane.spawnRunner('run')
  await runner.saw('task_started', 'Q-1')
  letGo(lane)
  await runner.ended
  assert.equal((await lane.task('Q-1')).error_type, 'worker_lost')
  assert.equal(await output(lane), 'one\ntwo\n')
})

test('a task whose runner and recorder died over its start is followed, not started again', async t => {
  const lane = await openLane(t)
  await lane.bash('echo ran')
  const dead = { ...self(), start_time: 'long ago' }
  const { runner } = await lane.api.startRunner({ queue_id: 'q', mode: 'run', process: dead })
  const mark = 'mark_of_the_dead'
  const { task } = await lane.api.claimTask({ id: 'q', runner_id: runner.id, claim_key: mark })
  const left = spawn('sleep', ['600'], { detached: true, stdio: 'ignore', env: { SPARKQ_MARK: mark } })
  t.after(() => void left.kill('SIGKILL'))
  await once(left, 'spawn')
  const next = lane.spawnRunner('watch')
  await next.saw('task_started', 'Q-1')
  left.kill('SIGKILL')
  await next.saw('task_ended', 'Q-1')
  const [first] = (await lane.api.listAttempts({ id: task?.id as string })).attempts
  assert.deepEqual([first?.outcome, first?.error_type], ['failed', 'worker_lost'])
  next.kill('SIGTERM')
  await next.ended
})

test('a task that was claimed but never started goes back to its lane, uncharged', async t => {
  const lane = await openLane(t)
  await lane.bash('echo ran')
  const dead = { ...self(), start_time: 'long ago' }
  const { runner } = await lane.api.startRunner({ queue_id: 'q', mode: 'run', process: dead })
  await lane.api.claimTask({ id: 'q', runner_id: runner.id, claim_key: 'mark_of_the_dead' })
  await lane.work()
  const task = await lane.task('Q-1')
  assert.deepEqual(
    [task.status, task.result_summary, task.attempts, task.attempt],
    ['succeeded', 'ran', 1, 2],
  )
  const [first] = (await lane.api.listAttempts({ id: 'Q-1' })).attempts
  assert.deepEqual([first?.outcome, first?.charged], ['returned', false])
})

test('a cancel reaches a task whose runner is dead', async t => {
  const lane = await killRunnerInTheMiddle(
    t,
    'trap "" TERM; echo one; (setsid sleep 600 &); while :; do sleep 0.1; done',
  )
  const { task } = await lane.api.cancelTask({ id: 'Q-1' })
  assert.deepEqual([task.status, task.error_type], ['failed', 'cancelled'])
  await assertNothingLeft(lane)
})

test('a cancel of a task that was taken up stops it, and its runner goes on', async t => {
  const lane = await killRunnerInTheMiddle(t, 'echo one; sleep 600')
  const runner = lane.spawnRunner('watch')
  await runner.saw('task_started', 'Q-1')
  assert.equal((await lane.api.cancelTask({ id: 'Q-1' })).task.status, 'running')
  await runner.saw('task_ended', 'Q-1')
  const task = await lane.task('Q-1')
  assert.deepEqual([task.error_type, task.signal], ['cancelled', 'SIGTERM'])
  await lane.bash('true')
  await runner.saw('task_ended', 'Q-2')
  runner.kill('SIGTERM')
  await runner.ended
  await assertNothingLeft(lane)
})

test('a task that was being stopped when its runner died was stopped for that cause', async t => {
  const lane = await killRunnerInTheMiddle(t, 'echo one; until [ -e go ]; do sleep 0.01; done; kill -TERM $$')
  await lane.api.stopAttempt({ id: 'Q-1', attempt: 1, cause: 'cancelled' })
  letGo(lane)
  await waitFor('the task has ended', async () => (await processesOf(lane)).length === 0)
  await lane.work()
  const task = await lane.task('Q-1')
  assert.deepEqual([task.error_type, task.signal], ['cancelled', 'SIGTERM'])
})

test('a task that was cancelled before a process of it was there is cancelled', async t => {
  const lane = await openLane(t)
  await lane.bash('echo ran')
  const { runner } = await lane.api.startRunner({ queue_id: 'q', mode: 'run', process: self() })
  await lane.api.claimTask({ id: 'q', runner_id: runner.id, claim_key: 'mark_of_the_dead' })
  await lane.api.cancelTask({ id: 'Q-1' })
  await lane.api.stopRunner({ id: runner.id })
  await lane.work()
  const task = await lane.task('Q-1')
  assert.deepEqual([task.status, task.error_type, task.attempt], ['failed', 'cancelled', 1])
})

test('a task that somebody else has ended meanwhile does not end its runner', async t => {
  const lane = await openLane(t)
  await lane.bash(twoLines)
  const runner = lane.spawnRunner('watch')
  await runner.saw('output', 'Q-1')
  const ending = { kind: 'stopped', cause: 'timeout' } as const
  await lane.api.finishAttempt({ id: 'Q-1', attempt: 1, ending })
  letGo(lane)
  await runner.saw('task_ended', 'Q-1')
  assert.equal((await lane.task('Q-1')).error_type, 'timeout')
  await lane.bash('true')
  await runner.saw('task_ended', 'Q-2')
  runner.kill('SIGTERM')
  await runner.ended
})

test('a task whose runner is dead is stopped at the limit by whoever opens the database', async t => {
  const config =
    'limits: {stop_grace: 0.1, warn_factor: 0.5, fail_factor: 1.5}\ntask_classes: {MEDIUM_SCRIPT: {timeout: 1}}\ntools: {run-bash: {task_class: MEDIUM_SCRIPT}}\n'
  const lane = await killRunnerInTheMiddle(t, 'echo one; sleep 600', config)
  await waitFor('the sweep has ended it', async () => (await lane.again().sweep()).failed.length > 0)
  assert.equal((await lane.task('Q-1')).error_type, 'timeout')
  await assertNothingLeft(lane)
})

test('a runner that is asked to go leaves its task running for the next one', async t => {
  const lane = await openLane(t)
  await lane.bash(twoLines)
  const runner = lane.spawnRunner('run')
  await runner.saw('output', 'Q-1')
  runner.kill('SIGTERM')
  await runner.ended
  assert.deepEqual((await lane.api.listRunners()).runners, [])
  assert.match(runner.lines.at(-1) ?? '', /"type":"ended","done":0,"left":\{.*"Q-1"/)
  letGo(lane)
  await lane.work()
  await assertTrueEnd(lane)
})

for (const [who, settle] of [
  ['a sweep', (lane: Lane) => lane.again({ clock: () => Date.now() + 3_600_000 }).sweep()],
  ['a cancel', (lane: Lane) => lane.api.cancelTask({ id: 'Q-1' })],
] as const) {
  test(`a task that ended in time keeps its true end when ${who} comes before the next runner`, async t => {
    const lane = await killRunnerInTheMiddle(t)
    letGo(lane)
    await waitFor('the task has ended', async () => (await processesOf(lane)).length === 0)
    await settle(lane)
    await assertTrueEnd(lane)
  })
}

test('a task that was taken up is its new runner’s: that one is asked to cancel it, and shown to have it', async t => {
  const lane = await killRunnerInTheMiddle(t)
  const runner = lane.spawnRunner('run')
  await runner.saw('task_started', 'Q-1')
  const { id } = await lane.task('Q-1')
  assert.equal((await lane.api.listRunners()).runners[0]?.task_id, id)
  const { task: asked } = await lane.api.cancelTask({ id: 'Q-1' })
  assert.equal(asked.status, 'running')
  await runner.ended
  assert.equal((await lane.task('Q-1')).error_type, 'cancelled')
  await assertNothingLeft(lane)
})
