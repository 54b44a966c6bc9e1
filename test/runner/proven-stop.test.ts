import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import type { StopReport } from '../../src/contract/attempts.ts'
import { findProcess, listProcesses } from '../../src/processes/table.ts'
import { waitFor } from '../support/wait.ts'
import { assertNothingLeft, type Lane, openLane } from './support.ts'

const onLinux = { skip: process.platform !== 'linux' && 'only /proc tells what these tests look for' }

/** Sleeps as no other process of any test does, so that it is found whatever it did to its environment. */
let next = 0
const uniqueSleep = () => `sleep ${86_400 + process.pid}.${++next}`

/** Ways to be hard to stop. `sleep` is what has to be gone afterwards. */
const ways: Record<string, (sleep: string) => string> = {
  'ignores TERM': sleep => `trap '' TERM; ${sleep}`,
  'has a grandchild that bears the mark': sleep => `bash -c '${sleep} & wait'`,
  'has a child in a session of its own': sleep => `setsid ${sleep} & wait`,
  'has a daemon that forked twice': sleep => `( setsid ${sleep} & ) ; sleep 600`,
  'has a child that dropped the mark, in a session of its own': sleep =>
    `env -i $(command -v setsid) ${sleep} >/dev/null 2>&1 & wait`,
  'has a daemon that dropped the mark, but still holds its output': sleep =>
    `( env -i $(command -v setsid) ${sleep} & ) ; sleep 600`,
  'has a daemon that dropped the mark below a child that did, too': sleep =>
    `env -i $(command -v setsid) bash -c '${sleep} & wait' >/dev/null 2>&1 & wait`,
  'is stopped by a SIGSTOP': sleep => `${sleep} & kill -STOP $$; wait`,
}

const isThere = (sleep: string) => listProcesses().some(row => row.command === sleep)

/** What is still there of a failed test goes with it. */
function sweepUp(t: { after(clean: () => void): void }, sleep: string): void {
  t.after(() => {
    for (const row of listProcesses().filter(it => it.command === sleep)) process.kill(row.pid, 'SIGKILL')
  })
}

async function stopOf({ api }: Lane): Promise<StopReport> {
  const [attempt] = (await api.listAttempts({ id: 'Q-1' })).attempts
  assert.ok(attempt?.stop)
  return attempt.stop
}

for (const [way, command] of Object.entries(ways)) {
  test(`a cancel ends, and counts, all of a task that ${way}`, onLinux, async t => {
    const sleep = uniqueSleep()
    sweepUp(t, sleep)
    const lane = await openLane(t)
    await lane.bash(command(sleep))
    const working = lane.work()
    await waitFor('it sleeps', () => isThere(sleep))
    if (way.includes('SIGSTOP')) await untilStopped(lane)
    await lane.api.cancelTask({ id: 'Q-1' })
    await working
    assert.equal((await lane.task('Q-1')).error_type, 'cancelled')
    const stop = await stopOf(lane)
    assert.deepEqual(stop.survivors, [])
    assert.ok(stop.stopped >= (way === 'ignores TERM' ? 1 : 2), JSON.stringify(stop))
    assert.ok(stop.signals.reduce((sum, it) => sum + it.processes, 0) >= stop.stopped, JSON.stringify(stop))
    assert.equal(isThere(sleep), false)
    await assertNothingLeft(lane)
  })
}

test('a timeout ends all of a task that is hard to stop in every way at once', onLinux, async t => {
  const sleeps = Object.values(ways).map(uniqueSleep)
  for (const sleep of sleeps) sweepUp(t, sleep)
  const lane = await openLane(t, 'limits: {stop_grace: 0.3, warn_factor: 1, fail_factor: 1}\n')
  const commands = Object.values(ways).map((command, i) => command(sleeps[i] as string))
  await lane.bash(`${commands.map(it => `bash -c ${quote(it)} &`).join('\n')}\nwait`, { timeout: 3 })
  const working = lane.work()
  await waitFor('all of them sleep', () => sleeps.every(isThere))
  await working
  assert.equal((await lane.task('Q-1')).error_type, 'timeout')
  const stop = await stopOf(lane)
  assert.deepEqual(stop.survivors, [])
  assert.ok(stop.stopped >= 2 * sleeps.length, JSON.stringify(stop))
  assert.deepEqual(sleeps.filter(isThere), [])
  await assertNothingLeft(lane)
})

test('what has left the task altogether while it was watched is stopped with it', onLinux, async t => {
  const sleep = uniqueSleep()
  sweepUp(t, sleep)
  // Looked at every 100 ms.
  const lane = await openLane(t, 'limits: {stop_grace: 0.3, stall_after: 1}\n')
  await lane.bash(`
    mkfifo go
    ( env -i $(command -v setsid) ${sleep} >/dev/null 2>&1 & read -r < go )
    sleep 600`)
  const working = lane.work()
  await waitFor('it sleeps', () => isThere(sleep))
  const row = listProcesses().find(it => it.command === sleep)
  await waitFor(
    'it is stalled: the watch has looked',
    async () => (await lane.task('Q-1')).stalled_at !== null,
  )
  fs.writeFileSync(path.join(lane.project.root, 'go'), '\n')
  await waitFor('its parent has left it', () => findProcess(row?.pid as number)?.ppid !== row?.ppid)
  await lane.api.cancelTask({ id: 'Q-1' })
  await working
  assert.deepEqual((await stopOf(lane)).survivors, [])
  assert.equal(isThere(sleep), false)
})

test('a child that says it is no task’s any more is left alone', onLinux, async t => {
  const sleep = uniqueSleep()
  sweepUp(t, sleep)
  const lane = await openLane(t)
  // As a server does that a task starts: it says that it is no task's.
  await lane.bash(`env -u SPARKQ_MARK SPARKQ_LEFT_TASK=1 setsid ${sleep} & wait`)
  const working = lane.work()
  await waitFor('it sleeps', () => isThere(sleep))
  await lane.api.cancelTask({ id: 'Q-1' })
  await working
  assert.equal(isThere(sleep), true)
})

async function untilStopped({ api }: Lane): Promise<void> {
  const [attempt] = (await api.listAttempts({ id: 'Q-1' })).attempts
  await waitFor('it is stopped', () =>
    listProcesses().some(row => row.sid === attempt?.process?.pid && row.state.startsWith('T')),
  )
}

const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`
