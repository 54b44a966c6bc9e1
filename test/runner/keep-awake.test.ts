import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { listProcesses } from '../../src/processes/table.ts'
import { createKeepAwake } from '../../src/runner/keep-awake.ts'
import { writeFiles } from '../support/folder.ts'
import { waitFor } from '../support/wait.ts'
import { assertNothingLeft, type Lane, openLane } from './support.ts'

const onLinux = { skip: process.platform !== 'linux' && 'Elsewhere it is another program.' }

/**
 * A program that keeps this machine awake, in front of the PATH of all runners of this test: it writes down when it
 * begins, what it is told and has in its environment, and when it ends.
 */
async function withInhibitor(t: TestContext, more = 'exec 0<&0; cat'): Promise<Lane & { notes(): string[] }> {
  const lane = await openLane(t)
  const { root } = lane.project
  const notes = path.join(root, 'notes.txt')
  const fake = (text: string) =>
    `#!/bin/bash\necho "begin $$ $*" >> '${notes}'\nenv | grep ^SPARKQ_MARK >> '${notes}'\n${text}\necho "end $$" >> '${notes}'\n`
  writeFiles(root, { 'bin/systemd-inhibit': fake(more), 'bin/caffeinate': fake(more) })
  const before = process.env.PATH
  process.env.PATH = `${path.join(root, 'bin')}:${before}`
  t.after(() => {
    process.env.PATH = before
  })
  return {
    ...lane,
    notes: () => (fs.existsSync(notes) ? fs.readFileSync(notes, 'utf8').trimEnd().split('\n') : []),
  }
}

/** A task that runs until the program has begun for the `n`th time. */
const untilBegun = (n = 1) =>
  `until [ "$(grep -c ^begin notes.txt)" -ge ${n} ]; do sleep 0.02; done 2>/dev/null`

const begun = (notes: string[]) => notes.filter(line => line.startsWith('begin '))
const ended = (notes: string[]) => notes.filter(line => line.startsWith('end '))

test('a moment of work is nothing to keep the machine awake for', onLinux, async t => {
  const lane = await withInhibitor(t)
  const task = await lane.bash('true')
  const keep = (beginAfterMs: number) =>
    createKeepAwake({ wanted: true, env: process.env, warn: assert.fail, beginAfterMs })
  const brief = keep(20)
  brief.hold(task)
  brief.stop()
  const long = keep(40)
  long.hold(task)
  await waitFor('it holds on', () => begun(lane.notes()).length > 0)
  long.stop()
  await waitFor('it is let go', () => ended(lane.notes()).length === 1)
  assert.equal(begun(lane.notes()).length, 1)
})

test('a lane of tasks keeps the machine awake once, until it is done', onLinux, async t => {
  const lane = await withInhibitor(t)
  for (const command of [untilBegun(), 'true', 'true']) await lane.bash(command)
  await lane.work()
  await waitFor('it is let go', () => ended(lane.notes()).length === 1)
  const [first] = lane.notes()
  assert.match(
    first ?? '',
    /^begin \d+ --what=idle:sleep --mode=block --who=SparkQ --why=Q-1 runs, and what comes after it in q cat$/,
  )
  assert.equal(lane.notes().length, 2)
})

test('a runner that waits keeps nothing awake, and one that works again does so again', onLinux, async t => {
  const lane = await withInhibitor(t)
  const runner = lane.spawnRunner('watch')
  await runner.saw('waiting')
  assert.deepEqual(lane.notes(), [])
  await lane.bash(untilBegun())
  await runner.saw('task_ended', 'Q-1')
  await waitFor('it is let go', () => ended(lane.notes()).length === 1)
  await lane.bash(untilBegun(2))
  await runner.saw('task_ended', 'Q-2')
  runner.kill('SIGTERM')
  await runner.ended
  await waitFor('it is let go again', () => ended(lane.notes()).length === 2)
  assert.match(begun(lane.notes())[1] ?? '', /--why=Q-2 runs/)
})

test('it ends with its runner, however that ends, and is no part of the task', onLinux, async t => {
  const lane = await withInhibitor(t)
  await lane.bash('echo on; until [ -e go ]; do sleep 0.01; done')
  const runner = lane.spawnRunner('watch')
  await runner.saw('output', 'Q-1')
  const [first] = await waitFor('it holds on', () => begun(lane.notes()).length > 0 && begun(lane.notes()))
  const pid = Number(first?.split(' ')[1])
  const own = listProcesses().find(row => row.pid === pid)
  assert.equal(own?.sid, pid)
  runner.kill('SIGKILL')
  await runner.ended
  await waitFor('it has let go', () => ended(lane.notes()).length === 1)
  assert.ok(!lane.notes().some(line => line.startsWith('SPARKQ_MARK')))
  // The task runs on, and whoever takes it up keeps the machine awake as well.
  fs.writeFileSync(path.join(lane.project.root, 'go'), '')
  await lane.work()
  assert.equal((await lane.task('Q-1')).status, 'succeeded')
  await assertNothingLeft(lane)
})

test('a cancel stops the task, and not what keeps the machine awake', onLinux, async t => {
  const lane = await withInhibitor(t)
  await lane.bash('echo on; sleep 60')
  const runner = lane.spawnRunner('watch')
  await runner.saw('output', 'Q-1')
  await waitFor('it holds on', () => begun(lane.notes()).length === 1)
  await lane.api.cancelTask({ id: 'Q-1' })
  await runner.saw('task_ended', 'Q-1')
  const [attempt] = (await lane.api.listAttempts({ id: 'Q-1' })).attempts
  assert.deepEqual(attempt?.stop?.survivors, [])
  await lane.bash('true')
  await runner.saw('task_ended', 'Q-2')
  assert.equal(begun(lane.notes()).length, 1)
  runner.kill('SIGTERM')
  await runner.ended
  await waitFor('it is let go', () => ended(lane.notes()).length === 1)
})

test('where the system refuses, that is said once; where it has no such thing, never', onLinux, async t => {
  const refused = await withInhibitor(t, 'echo "Failed to inhibit: Access denied" >&2; exit 1')
  await refused.bash(untilBegun())
  await refused.bash('sleep 0.3')
  await refused.bash('sleep 0.1')
  const { events } = await refused.work()
  const warnings = events.flatMap(it => (it.type === 'warning' ? [it.message] : []))
  assert.deepEqual(warnings, [
    'This machine may fall asleep while tasks run: Failed to inhibit: Access denied',
  ])
  assert.equal(begun(refused.notes()).length, 1)

  const text = 'echo "Failed to connect to bus: No such file or directory" >&2; exit 1'
  const absent = await withInhibitor(t, text)
  await absent.bash(untilBegun())
  await absent.bash('sleep 0.3')
  const end = await absent.work()
  assert.deepEqual(
    end.events.filter(it => it.type === 'warning'),
    [],
  )
})

test('a program that nobody may run, and a setting that says no, keep nothing from working', async t => {
  const lane = await withInhibitor(t)
  lane.project.config.queue_runner.keep_awake = false
  await lane.bash('true')
  await lane.work()
  assert.deepEqual(lane.notes(), [])
  lane.project.config.queue_runner.keep_awake = true
  writeFiles(lane.project.root, { 'bin/systemd-inhibit': '#!/nowhere/to/be/found\n' })
  await lane.bash('sleep 1.1')
  const { events } = await lane.work()
  assert.deepEqual(
    events.filter(it => it.type === 'warning'),
    [],
  )
  assert.equal((await lane.task('Q-2')).status, 'succeeded')
})

test('on macOS it is caffeinate, which watches this process and is ended', async t => {
  const lane = await withInhibitor(t, 'trap "exit 0" TERM; while :; do sleep 0.02; done')
  const task = await lane.bash('true')
  const awake = createKeepAwake({
    ...{ wanted: true, env: process.env, platform: 'darwin' as const, letGoAfterMs: 1, beginAfterMs: 1 },
    warn: sentence => assert.fail(sentence),
  })
  awake.hold(task)
  const [first] = await waitFor('it holds on', () => begun(lane.notes()).length > 0 && begun(lane.notes()))
  assert.match(first ?? '', new RegExp(`^begin \\d+ -i -w ${process.pid}$`))
  awake.hold(undefined)
  const pid = Number(first?.split(' ')[1])
  await waitFor('it is gone', () => !listProcesses().some(row => row.pid === pid))
  awake.stop()
})
