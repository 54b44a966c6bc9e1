import assert from 'node:assert/strict'
import fs from 'node:fs'
import { test } from 'node:test'
import { attemptFiles } from '../../src/attempt-files/paths.ts'
import { readStatus } from '../../src/attempt-files/status.ts'
import type { Attempt, ProcessIdentity } from '../../src/contract/attempts.ts'
import { self } from '../../src/processes/identity.ts'
import { findProcess, listProcesses } from '../../src/processes/table.ts'
import { startWrapped } from '../../src/runner/wrapper.ts'
import { writeFiles } from '../support/folder.ts'
import { waitFor } from '../support/wait.ts'
import { assertNothingLeft, type Lane, openLane, type Runner } from './support.ts'

/**
 * What dies, in this order: with kill -9, but for `end`, the task's own end. Words joined by + die at once: nothing is
 * waited for between them. `again`: a new runner comes, and takes the task up. `reboot`: whoever comes next finds
 * another boot.
 */
type Death = 'runner' | 'recorder' | 'task' | 'end' | 'again' | 'reboot'

/** `exit`: its own exit code · `signal`: the KILL it died of · `lost`: nobody knows. What it had written is always there. */
const orders: [order: string, outcome: 'exit' | 'signal' | 'lost', output: string][] = [
  ['task', 'signal', 'one\n'],
  ['recorder end', 'lost', 'one\ntwo\n'],
  ['recorder task', 'lost', 'one\n'],
  ['runner task', 'signal', 'one\n'],
  ['task+runner', 'signal', 'one\n'],
  ['runner+task', 'signal', 'one\n'],
  ['runner again end', 'exit', 'one\ntwo\n'],
  ['runner again runner end', 'exit', 'one\ntwo\n'],
  ['runner again runner again task', 'signal', 'one\n'],
  ['runner again recorder end', 'lost', 'one\ntwo\n'],
  ['runner again recorder task', 'lost', 'one\n'],
  ['runner recorder again task', 'lost', 'one\n'],
  ['runner recorder end', 'lost', 'one\ntwo\n'],
  ['recorder runner end', 'lost', 'one\ntwo\n'],
  ['recorder runner again end', 'lost', 'one\ntwo\n'],
  ['recorder runner task', 'lost', 'one\n'],
  ['recorder task+runner', 'lost', 'one\n'],
  ['recorder+task+runner', 'lost', 'one\n'],
  ['runner+recorder+task', 'lost', 'one\n'],
  ['runner+recorder+task reboot', 'lost', 'one\n'],
  ['runner end reboot', 'exit', 'one\ntwo\n'],
  ['runner task reboot', 'signal', 'one\n'],
]

const command = 'echo one; until [ -e go ]; do sleep 0.01; done; echo two; echo oops >&2; exit 7'

for (const [order, outcome, output] of orders) {
  test(`${order}: ${outcome}, and the output is whole`, async t => {
    const lane = await openLane(t)
    await lane.bash(command)
    await lane.bash('true')
    await (await die(lane, order)).ended
    const task = await lane.task('Q-1')
    const ends = {
      exit: ['failed', 'exit_code', 7, null],
      signal: ['failed', 'signal', null, 'SIGKILL'],
      lost: ['failed', 'worker_lost', null, null],
    }
    assert.deepEqual([task.status, task.error_type, task.exit_code, task.signal], ends[outcome])
    assert.equal((await attemptsOf(lane)).length, 1)
    assert.equal(await read(lane), output)
    const { queue } = await lane.api.getQueue({ id: 'q' })
    assert.equal(queue.status, outcome === 'lost' ? 'idle' : 'active')
    if (outcome === 'lost') assert.match(queue.pause_reason ?? '', /^Q-1 vanished while it ran/)
    assert.equal((await lane.task('Q-2')).status, outcome === 'lost' ? 'queued' : 'succeeded')
    await assertNothingLeft(lane)
  })
}

for (const order of ['recorder task', 'runner+recorder+task', 'runner+recorder+task reboot']) {
  test(`${order}: with on_lost: fail the task fails and the lane goes on`, async t => {
    const lane = await openLane(t)
    await lane.api.updateQueue({ id: 'q', settings: { on_lost: 'fail' } })
    await lane.bash(command)
    await lane.bash('true')
    await (await die(lane, order)).ended
    assert.equal((await lane.task('Q-1')).error_type, 'worker_lost')
    assert.equal((await lane.task('Q-2')).status, 'succeeded')
    await assertNothingLeft(lane)
  })

  test(`${order}: with on_lost: retry the task is run again, three times, then the lane is held`, async t => {
    const lane = await openLane(t)
    await lane.api.updateQueue({ id: 'q', settings: { on_lost: 'retry' } })
    await lane.bash(command)
    let runner: Runner | undefined
    for (let round = 1; round <= 4; round++) {
      runner = await die(lane, order, round, runner)
      const attempts = await attemptsOf(lane)
      const { outcome, charged, error_type } = attempts[round - 1] as Attempt
      assert.equal(error_type, 'worker_lost')
      assert.deepEqual([outcome, charged], round < 4 ? ['returned', false] : ['failed', true])
      assert.equal(await read(lane, round), 'one\n', 'each attempt keeps its own')
    }
    await runner?.ended
    const task = await lane.task('Q-1')
    assert.deepEqual([task.status, task.error_type, task.attempt], ['failed', 'worker_lost', 4])
    assert.equal((await lane.api.getQueue({ id: 'q' })).queue.status, 'idle')
    await assertNothingLeft(lane)
  })
}

test('a runner that died after it had started a task, before it could say so, has it taken up all the same', async t => {
  const lane = await openLane(t)
  const added = await lane.bash(command)
  const dead = { ...self(), start_time: 'long ago' }
  const { runner } = await lane.api.startRunner({ queue_id: 'q', mode: 'run', process: dead })
  const mark = `mark_of_the_dead_${process.pid}`
  await lane.api.claimTask({ id: 'q', runner_id: runner.id, claim_key: mark })
  const { root, logs, configFile } = lane.project
  const files = attemptFiles(logs, added.id, 1)
  const env = { PATH: process.env.PATH, SPARKQ_MARK: mark, SPARKQ_PROJECT_CONFIG: configFile }
  fs.mkdirSync(files.folder, { recursive: true })
  const started = await startWrapped({ argv: ['bash', '-c', command], cwd: root, env: {} }, env, files)
  started.letGo()
  const next = lane.spawnRunner('run')
  await next.saw('task_started', 'Q-1')
  const [attempt] = await attemptsOf(lane)
  assert.deepEqual(attempt?.process, started.wrapper)
  writeFiles(root, { go: '' })
  await next.ended
  assert.equal((await lane.task('Q-1')).exit_code, 7)
  assert.equal(await read(lane), 'one\ntwo\n')
  await assertNothingLeft(lane)
})

/**
 * Lets die what is to, in the attempt that a runner (or the next one) has begun; then sees to it that one is there.
 * @returns that runner, when the attempt's end is known
 */
async function die(
  lane: Lane,
  order: string,
  number = 1,
  first: Runner = lane.spawnRunner('run'),
): Promise<Runner> {
  let runner: Runner | undefined = first
  let boot = {}
  await waitFor('it is at work', async () => (await read(lane, number).catch(() => '')) === 'one\n')
  const attempt = await waitFor('it is said to be', async () => {
    const found = (await attemptsOf(lane))[number - 1]
    return found?.process && found
  })
  const recorder = attempt.process as ProcessIdentity
  const files = attemptFiles(lane.project.logs, attempt.task_id, number)
  // Never null: as a target, -0 would be the group of this test.
  const group = await waitFor('its group is known', () => readStatus(files.status).pid)
  const isGone = () => !listProcesses().some(row => row.pgid === group)

  const kill: Record<Death, () => void> = {
    runner: () => runner?.kill('SIGKILL'),
    recorder: () => process.kill(recorder.pid, 'SIGKILL'),
    task: () => process.kill(-group, 'SIGKILL'),
    end: () => writeFiles(lane.project.root, { go: '' }),
    again: () => {
      runner = lane.spawnRunner('run', boot)
    },
    reboot: () => {
      boot = { SPARKQ_TEST_BOOT_ID: `boot-${number}` }
    },
  }
  const over: Record<Death, () => Promise<unknown>> = {
    runner: async () => {
      await runner?.ended
      runner = undefined
    },
    recorder: () =>
      waitFor('the recorder is gone', () => findProcess(recorder.pid)?.start_time !== recorder.start_time),
    task: () => waitFor('the task is gone', isGone),
    end: () => waitFor('the task has ended', isGone),
    again: async () => runner?.saw('task_started', 'Q-1'),
    reboot: async () => {},
  }
  for (const step of order.split(' ')) {
    const deaths = step.split('+') as Death[]
    for (const death of deaths) kill[death]()
    for (const death of deaths) await over[death]()
  }
  runner ??= lane.spawnRunner('run', boot)
  await waitFor('its end is known', async () => (await attemptsOf(lane))[number - 1]?.outcome)
  return runner
}

const attemptsOf = async ({ api }: Lane) => (await api.listAttempts({ id: 'Q-1' })).attempts

async function read({ api }: Lane, attempt = 1): Promise<string> {
  const { bytes } = await api.readOutput({ id: 'Q-1', stream: 'stdout', attempt })
  return Buffer.from(bytes).toString()
}
