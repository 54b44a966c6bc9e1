import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { attemptFiles } from '../../src/attempt-files/paths.ts'
import { readStatus } from '../../src/attempt-files/status.ts'
import type { ProcessIdentity } from '../../src/contract/attempts.ts'
import { liveness } from '../../src/processes/identity.ts'
import { createOrphanCare } from '../../src/server/orphans.ts'
import { type Lane, openLane, processesOf } from '../runner/support.ts'
import { writeFiles } from '../support/folder.ts'
import { waitFor } from '../support/wait.ts'

const command = 'echo one; until [ -e go ]; do sleep 0.01; done; echo two; exit 7'

/** A lane with a task that runs, and whose runner was killed. */
async function abandon(
  t: TestContext,
  text = command,
): Promise<Lane & { care: () => Promise<void>; settled: string[] }> {
  const lane = await openLane(t)
  const settled: string[] = []
  const { root, logs, configFile, config } = lane.project
  const care = createOrphanCare({
    api: lane.again(),
    ...{ root, logs, configFile, config },
    onTrouble: (_queue, error) => {
      throw error
    },
    onSettled: task => settled.push(task.friendly_id),
  })
  await lane.bash(text)
  const runner = lane.spawnRunner('watch')
  await runner.saw('output', 'Q-1')
  runner.kill('SIGKILL')
  await runner.ended
  return { ...lane, care, settled }
}

const nothingRuns = (lane: Lane) =>
  waitFor('nothing of it is left', async () => (await processesOf(lane)).length === 0)
const letGo = ({ project }: Lane) => writeFiles(project.root, { go: '' })

test('a task that ended after its runner had died gets its true end, and the lane is free', async t => {
  const lane = await abandon(t)
  letGo(lane)
  await nothingRuns(lane)
  await lane.care()
  assert.equal(
    (await lane.task('Q-1')).status,
    'running',
    'a runner that is started again at once finds its lane free',
  )
  await lane.care()
  const task = await lane.task('Q-1')
  assert.deepEqual([task.status, task.exit_code, task.error_type], ['failed', 7, 'exit_code'])
  assert.deepEqual(lane.settled, ['Q-1'])
  assert.deepEqual((await lane.api.listRunners()).runners, [])
})

test('a task that vanished with its recorder is lost, and its lane pauses', async t => {
  const lane = await abandon(t)
  const [attempt] = (await lane.api.listAttempts({ id: 'Q-1' })).attempts
  const { pid } = readStatus(attemptFiles(lane.project.logs, attempt?.task_id as string, 1).status)
  process.kill(attempt?.process?.pid as number, 'SIGKILL')
  process.kill(-(pid as number), 'SIGKILL')
  await nothingRuns(lane)
  // That nothing is there takes two looks, which a busy machine may not have time for at the first turn.
  await waitFor('it is settled', async () => {
    await lane.care()
    return (await lane.task('Q-1')).status !== 'running'
  })
  assert.equal((await lane.task('Q-1')).error_type, 'worker_lost')
  assert.equal((await lane.api.getQueue({ id: 'q' })).queue.status, 'idle')
})

test('a task that still runs is left to itself', async t => {
  const lane = await abandon(t)
  for (let i = 0; i < 5; i++) await lane.care()
  assert.equal((await lane.task('Q-1')).status, 'running')
  assert.equal((await lane.api.listRunners()).runners.length, 1, 'the dead one’s row; nobody took the lane')
  letGo(lane)
  await lane.work()
  assert.equal((await lane.task('Q-1')).exit_code, 7)
})

test('one whose recorder alone was killed is left to itself, and its lane to runners', async t => {
  const lane = await abandon(t)
  const [attempt] = (await lane.api.listAttempts({ id: 'Q-1' })).attempts
  const recorder = attempt?.process as ProcessIdentity
  process.kill(recorder.pid, 'SIGKILL')
  await waitFor('it is gone', () => liveness(recorder) === 'dead')
  for (let i = 0; i < 4; i++) await lane.care()
  assert.equal((await lane.task('Q-1')).status, 'running')
  assert.deepEqual((await lane.api.listRunners()).runners, [])
  letGo(lane)
  await nothingRuns(lane)
  for (let i = 0; i < 2; i++) await lane.care()
  assert.equal((await lane.task('Q-1')).error_type, 'worker_lost')
})

test('what a live runner works on is that runner’s', async t => {
  const lane = await openLane(t)
  const { root, logs, configFile, config } = lane.project
  const care = createOrphanCare({
    api: lane.again(),
    ...{ root, logs, configFile, config },
    onTrouble: (_queue, error) => {
      throw error
    },
    onSettled: () => assert.fail(),
  })
  await lane.bash(command)
  const runner = lane.spawnRunner('run')
  await runner.saw('output', 'Q-1')
  for (let i = 0; i < 3; i++) await care()
  letGo(lane)
  await runner.ended
  assert.equal((await lane.task('Q-1')).exit_code, 7)
})
