import assert from 'node:assert/strict'
import { test } from 'node:test'
import { attemptFiles } from '../../src/attempt-files/paths.ts'
import { readStatus } from '../../src/attempt-files/status.ts'
import { elapsed } from '../../src/contract/time.ts'
import { writeFiles } from '../support/folder.ts'
import { waitFor } from '../support/wait.ts'
import { assertNothingLeft, type Lane, openLane } from './support.ts'

const onLinux = { skip: process.platform !== 'linux' && 'only /proc tells processor time finely enough' }

const config = (more = '', after = 0.6) => `limits: {stop_grace: 0.3, stall_after: ${after}${more}}\n`
/** Long enough that a task that is at work shows it, however busy the machine. */
const patient = 2
const burn = `node=${process.execPath}; "$node" -e 'for (;;);'`

const isStalled = async (lane: Lane) => (await lane.task('Q-1')).stalled_at !== null
const eventsOf = async ({ api }: Lane) => {
  const { events } = await api.listEvents({})
  return events
    .map(it => it.event)
    .filter(it => /stalled|revived/.test(it))
    .reverse()
}

async function cancel(lane: Lane, working: Promise<unknown>): Promise<void> {
  await lane.api.cancelTask({ id: 'Q-1' })
  await working
  await assertNothingLeft(lane)
}

/** Until a task that is idle, and was begun after this one, is stalled. */
async function untilAnotherIsStalled(t: Parameters<typeof openLane>[0]): Promise<void> {
  const other = await openLane(t, config('', patient))
  await other.bash('sleep 3600')
  const working = other.work()
  await waitFor('an idle one is stalled', () => isStalled(other))
  await cancel(other, working)
}

for (const [what, command] of [
  ['sleeps', 'sleep 3600'],
  ['waits for nobody', 'cat < <(sleep 3600)'],
  ['polls once a second', 'while :; do sleep 1; done'],
] as const) {
  test(`a task that ${what} is stalled, since its last sign of life`, onLinux, async t => {
    const lane = await openLane(t, config())
    await lane.bash(command)
    const working = lane.work()
    await waitFor('it is stalled', () => isStalled(lane))
    const { stalled_at, claimed_at, status } = await lane.task('Q-1')
    assert.equal(status, 'running')
    const idle = elapsed(stalled_at as string, new Date().toISOString())
    assert.ok(idle >= 600, `${idle}`)
    assert.ok(elapsed(claimed_at as string, stalled_at as string) >= -50)
    await cancel(lane, working)
    assert.equal((await lane.task('Q-1')).stalled_at, null)
    assert.deepEqual(await eventsOf(lane), ['task.stalled'])
  })
}

test('a stopped task is stalled, and shows life when it goes on', onLinux, async t => {
  const lane = await openLane(t, config())
  await lane.bash(burn)
  const working = lane.work()
  const pid = await waitFor('it runs', async () => {
    const { id, attempt } = await lane.task('Q-1')
    return attempt && readStatus(attemptFiles(lane.project.logs, id, attempt).status).pid
  })
  process.kill(-pid, 'SIGSTOP')
  await waitFor('it is stalled', () => isStalled(lane))
  process.kill(-pid, 'SIGCONT')
  await waitFor('it is not stalled any more', async () => !(await isStalled(lane)))
  assert.equal((await lane.task('Q-1')).status, 'running')
  await cancel(lane, working)
  assert.deepEqual(await eventsOf(lane), ['task.stalled', 'task.revived'])
})

for (const [what, command] of [
  ['is busy and silent', burn],
  ['waits for a busy grandchild', `bash -c '${burn.replaceAll("'", `'\\''`)}; true' & wait`],
  ['runs one short-lived program after the other', 'while :; do /bin/true; done'],
  ['writes a line now and then', 'while :; do echo tick; sleep 0.3; done'],
  ['chatters on stderr', 'while :; do echo tick >&2; done | cat'],
] as const) {
  test(`a task that ${what} is not stalled`, onLinux, async t => {
    const lane = await openLane(t, config(', on_stall: fail', patient))
    await lane.bash(command)
    const working = lane.work()
    await waitFor('it runs', async () => (await lane.task('Q-1')).started_at)
    await untilAnotherIsStalled(t)
    await cancel(lane, working)
    assert.equal((await lane.task('Q-1')).error_type, 'cancelled')
    assert.deepEqual(await eventsOf(lane), [])
  })
}

test('with on_stall: fail a stalled task is stopped, and its failure says why', onLinux, async t => {
  const lane = await openLane(t, config(', on_stall: fail'))
  await lane.bash('trap "" TERM; echo begun; sleep 3600 & setsid sleep 3600 & wait')
  const { events } = await lane.work()
  const task = await lane.task('Q-1')
  assert.deepEqual(
    [task.status, task.error_type, task.error_message, task.stalled_at],
    ['failed', 'stalled', 'Stopped: it made no output and used no processor time.', null],
  )
  const [attempt] = (await lane.api.listAttempts({ id: 'Q-1' })).attempts
  assert.equal(attempt?.stop_cause, 'stalled')
  assert.deepEqual(attempt?.stop?.survivors, [])
  assert.ok(events.some(it => it.type === 'stalled'))
  await assertNothingLeft(lane)
})

test('stall_after: 0 is never', onLinux, async t => {
  const lane = await openLane(t, config(', on_stall: fail', 0))
  await lane.bash('sleep 3600')
  const working = lane.work()
  await waitFor('it runs', async () => (await lane.task('Q-1')).started_at)
  await untilAnotherIsStalled(t)
  await cancel(lane, working)
  assert.deepEqual(await eventsOf(lane), [])
})

test('a task that an earlier runner left is watched as well', onLinux, async t => {
  const lane = await openLane(t, config())
  await lane.bash('echo one; until [ -e go ]; do sleep 1; done; echo two; sleep 3600')
  const first = lane.spawnRunner('run')
  await first.saw('stalled', 'Q-1')
  first.kill('SIGKILL')
  await first.ended
  const second = lane.spawnRunner('run')
  await second.saw('task_started', 'Q-1')
  assert.equal(await isStalled(lane), true, 'a new watcher is no sign of life')
  writeFiles(lane.project.root, { go: '' })
  await second.saw('revived', 'Q-1')
  await waitFor('it is stalled again', () => isStalled(lane))
  await lane.api.cancelTask({ id: 'Q-1' })
  await second.ended
  assert.deepEqual(await eventsOf(lane), ['task.stalled', 'task.revived', 'task.stalled'])
  await assertNothingLeft(lane)
})
