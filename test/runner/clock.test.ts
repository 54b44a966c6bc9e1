import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { writeFiles } from '../support/folder.ts'
import { waitFor } from '../support/wait.ts'
import { assertNothingLeft, type Lane, openLane, type Runner } from './support.ts'

const hour = 3_600_000
const directions = [
  ['an hour ahead', hour],
  ['an hour back', -hour],
] as const

type MovedLane = Lane & { move(ms: number): void; spawn(mode?: 'run' | 'watch'): Runner }

/** A lane whose runners see a clock that the test can move while they run. */
async function openMoved(t: Parameters<typeof openLane>[0], config?: string): Promise<MovedLane> {
  const lane = await openLane(t, config)
  const file = path.join(lane.project.root, 'clock')
  const move = (ms: number): void => {
    fs.writeFileSync(`${file}.new`, String(ms))
    fs.renameSync(`${file}.new`, file)
  }
  move(0)
  const preload = path.join(import.meta.dirname, '../fixtures/runner/moved-clock.ts')
  const env = { TEST_CLOCK: file, NODE_OPTIONS: `--import=${preload}` }
  return { ...lane, move, spawn: (mode = 'run') => lane.spawnRunner(mode, env) }
}

/** What any command does first, on a machine whose clock was moved. */
const sweepAt = (lane: Lane, ms: number) => lane.again({ clock: () => Date.now() + ms }).sweep()
const letGo = ({ project }: Lane) => writeFiles(project.root, { go: '' })
const healthy = 'echo one; until [ -e go ]; do sleep 0.01; done; echo two; exit 7'
const nothing = { stale: [], failed: [], resumed: [], returned: [] }

async function assertTrueEnd(lane: Lane): Promise<void> {
  const task = await lane.task('Q-1')
  assert.deepEqual([task.status, task.exit_code, task.stale_warned_at], ['failed', 7, null])
  assert.equal((await lane.api.listAttempts({ id: 'Q-1' })).attempts.length, 1)
  await assertNothingLeft(lane)
}

for (const [where, ms] of directions) {
  test(`a clock that is moved ${where} neither ends nor marks a healthy task`, async t => {
    const lane = await openMoved(t)
    await lane.bash(healthy, { timeout: 600 })
    const runner = lane.spawn()
    await runner.saw('output', 'Q-1')
    lane.move(ms)
    assert.deepEqual(await sweepAt(lane, ms), nothing)
    letGo(lane)
    await runner.ended
    await assertTrueEnd(lane)
  })

  test(`a clock that is moved ${where} moves neither the warning nor the end of a task that runs too long`, async t => {
    const lane = await openMoved(t)
    await lane.bash('echo one; sleep 600', { timeout: 1 })
    const runner = lane.spawn()
    await runner.saw('output', 'Q-1')
    lane.move(ms)
    await runner.saw('stale', 'Q-1')
    assert.notEqual((await lane.task('Q-1')).stale_warned_at, null)
    await runner.ended
    assert.equal((await lane.task('Q-1')).error_type, 'timeout')
    await assertNothingLeft(lane)
  })

  test(`a task that is taken up after the clock was moved ${where} is not ended before its time`, async t => {
    const lane = await openMoved(t)
    await lane.bash(healthy, { timeout: 600 })
    await killAtWork(lane)
    lane.move(ms)
    const runner = lane.spawn()
    await runner.saw('task_started', 'Q-1')
    assert.deepEqual(await sweepAt(lane, ms), nothing)
    letGo(lane)
    await runner.ended
    await assertTrueEnd(lane)
  })

  test(`a task that is taken up after the clock was moved ${where} is ended in its time`, async t => {
    const lane = await openMoved(t)
    await lane.bash('echo one; sleep 600', { timeout: 2 })
    await killAtWork(lane)
    lane.move(ms)
    const runner = lane.spawn()
    await runner.saw('stopping', 'Q-1')
    await runner.ended
    assert.equal((await lane.task('Q-1')).error_type, 'timeout')
    await assertNothingLeft(lane)
  })

  test(`a runner that waits hears of new work although the clock was moved ${where}`, async t => {
    const lane = await openMoved(t)
    const runner = lane.spawn('watch')
    await runner.saw('waiting')
    lane.move(ms)
    await lane.bash('echo done')
    await runner.saw('task_ended', 'Q-1')
    assert.equal((await lane.task('Q-1')).status, 'succeeded')
    runner.kill('SIGTERM')
    await runner.ended
  })
}

test('what waits for a time is due when the clock is moved past it', async t => {
  const config = 'queue_runner: {poll_interval: 0.2}\n'
  const lane = await openMoved(t, config)
  await lane.bash('echo done', { not_before: new Date(Date.now() + hour / 2).toISOString() })
  const runner = lane.spawn('watch')
  await runner.saw('waiting')
  lane.move(hour)
  await runner.saw('task_ended', 'Q-1')

  const resume_at = new Date(Date.now() + 1.5 * hour).toISOString()
  await lane.api.pauseQueue({ id: 'q', reason: 'Lunch.', resume_at })
  await lane.bash('echo done')
  await waitFor('the runner tells of the pause', () =>
    runner.lines.some(line => line.includes('"because":"not_active"')),
  )
  lane.move(2 * hour)
  await runner.saw('task_ended', 'Q-2')
  runner.kill('SIGTERM')
  await runner.ended
})

async function killAtWork(lane: MovedLane): Promise<void> {
  const first = lane.spawn('watch')
  await first.saw('output', 'Q-1')
  first.kill('SIGKILL')
  await first.ended
}
