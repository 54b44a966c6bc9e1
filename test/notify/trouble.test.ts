import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { listProcesses } from '../../src/processes/table.ts'
import { waitFor } from '../support/wait.ts'
import { failures, openTold, waitForTold } from './support.ts'

/** A word by which a test's processes are known. */
const word = (name: string) => `${name}-${crypto.randomUUID()}`
const alive = (name: string) => listProcesses().filter(it => it.command.includes(name))

test('a command that fails is noted, said and never told of in its turn', async t => {
  const at = await openTold(t, {
    command: 'echo "no such host" >&2; exit 3',
    notify: { on: ['task_failed'] },
  })
  const id = await at.failing()
  const [failed] = await waitFor('it is in the log', async () => {
    const events = await failures(at)
    return events.length > 0 && events
  })
  const about = (await at.core.listEvents({ event: 'task.failed' })).events[0]?.seq
  const error = 'exit 3 (no such host)'
  assert.equal(failed?.task_id, id)
  assert.deepEqual(failed?.data, { kind: 'task_failed', way: 'command', about, error })
  const { notification } = await at.core.getStats()
  assert.deepEqual([notification?.kind, notification?.error], ['task_failed/command', error])
  await at.notifier.stop(10_000)
  assert.deepEqual(at.troubles, [
    'The notification "Q-1 failed: No luck." failed (command): exit 3 (no such host)',
  ])
  assert.equal((await failures(at)).length, 1)
})

test('one that could be told later makes the failure the last but one', async t => {
  const at = await openTold(t, { command: 'test -e ok', notify: { on: ['task_failed'] } })
  await at.failing()
  await waitFor('it has failed', async () => (await failures(at)).length === 1)
  fs.writeFileSync(path.join(at.project.root, 'ok'), '')
  await at.failing()
  await at.notifier.stop(10_000)
  assert.equal((await at.core.getStats()).notification?.error, null)
})

test('a command that hangs is stopped with all it has started, and nothing waits for it meanwhile', async t => {
  const name = word('hanging')
  const command = `trap '' TERM; sh -c 'trap "" TERM; while :; do sleep 0.05; done' ${name} & wait; : ${name}`
  const at = await openTold(t, { command, limitMs: 400 })
  await at.failing()
  await waitFor('it hangs', () => alive(name).length >= 2)
  await at.succeeding()
  await at.succeeding()
  const [failed] = await waitFor('it is stopped', async () => {
    const events = await failures(at)
    return events.length > 0 && events
  })
  assert.match(JSON.stringify(failed), /"error":"it took longer than 0\.4 s and was stopped"/)
  await at.notifier.stop(0)
  assert.deepEqual(alive(name), [])
})

test('a notifier that has no time left stops what runs, and says what was left out', async t => {
  const name = word('endless')
  const at = await openTold(t, {
    command: `while :; do sleep 0.05; done; : ${name}`,
    notify: { on: ['task_failed'] },
  })
  for (let i = 0; i < 3; i++) await at.failing()
  await waitFor('it hangs', () => alive(name).length > 0)
  await at.notifier.stop(0)
  assert.deepEqual(alive(name), [])
  assert.deepEqual(at.troubles, [
    'The notification "Q-1 failed: No luck." failed (command): there was no time left for it, and it was stopped',
    '2 notifications were left out, as there was no time for them.',
  ])
})

test('a command that does not read what it is told is none that failed', async t => {
  const at = await openTold(t, { command: 'exec 0<&-; echo > done.txt', notify: { on: ['task_failed'] } })
  const id = await at.running({ command: 'x'.repeat(1_000_000) })
  await at.core.failTask({ id, error_message: 'No luck.' })
  await waitFor('it has run', () => fs.existsSync(path.join(at.project.root, 'done.txt')))
  await at.notifier.stop(10_000)
  assert.deepEqual([at.troubles, await failures(at)], [[], []])
})

test('a command that writes without end is not held up by it, and one that leaves something running does not wait for that', async t => {
  const name = word('left')
  const command = `head -c 3000000 /dev/zero; sh -c 'until [ -e go ]; do sleep 0.02; done' ${name} & cat > told.json`
  const at = await openTold(t, { command, notify: { on: ['task_failed'] } })
  await at.failing()
  await at.notifier.stop(10_000)
  assert.deepEqual(at.troubles, [])
  assert.ok(fs.existsSync(path.join(at.project.root, 'told.json')))
  assert.ok(alive(name).length > 0)
  fs.writeFileSync(path.join(at.project.root, 'go'), '')
  await waitFor('what it left has ended', () => alive(name).length === 0)
})

test('what finds no place in the row is told of in one sentence', async t => {
  const command = `until [ -e go ]; do sleep 0.01; done; printf '%s\\n' "$(cat)" >> said.jsonl`
  const at = await openTold(t, { command, notify: { on: ['task_failed', 'lane_paused'] } })
  for (let i = 0; i < 30; i++) await at.failing()
  await at.core.pauseQueue({ id: 'q' })
  await waitFor('all of it is claimed', async () => {
    const { notification } = await at.core.getStats()
    return notification?.kind === 'lane_paused/command'
  })
  fs.writeFileSync(path.join(at.project.root, 'go'), '')
  await waitForTold(at, 22)
  await at.notifier.stop(10_000)
  const told = at.told()
  assert.equal(told.length, 22)
  assert.deepEqual(
    told.slice(0, 21).map(it => it.task?.friendly_id),
    Array.from({ length: 21 }, (_, i) => `Q-${i + 1}`),
  )
  assert.deepEqual(
    [told[21]?.kind, told[21]?.message, told[21]?.task],
    ['left_out', '10 more things happened in the meantime; sparkq status shows how it is.', null],
  )
})

test('a command is run in the project’s folder, outside of any task, and knows the project', async t => {
  const mark = { SPARKQ_MARK: 'mark_x', SPARKQ_TASK: 'Q-9', SPARKQ_TASK_ID: 'tsk_x', KEPT: 'yes' }
  const at = await openTold(t, {
    command: 'env > env.tmp; pwd >> env.tmp; ps -o pgid= -p $$ >> env.tmp; mv env.tmp env.txt',
    notify: { on: ['task_failed'] },
    env: mark,
  })
  await at.failing()
  const { root, configFile } = at.project
  await at.notifier.stop(10_000)
  const lines = fs.readFileSync(path.join(root, 'env.txt'), 'utf8').trimEnd().split('\n')
  assert.ok(lines.includes('KEPT=yes'))
  assert.ok(lines.includes(`SPARKQ_PROJECT_CONFIG=${configFile}`))
  assert.deepEqual(
    lines.filter(line => /^SPARKQ_(MARK|TASK)/.test(line)),
    [],
  )
  const [folder, group] = lines.slice(-2)
  assert.equal(folder, root)
  assert.notEqual(Number(group), listProcesses().find(it => it.pid === process.pid)?.pgid)
})

test('a shell that is not to be found is an error like any other', async t => {
  const at = await openTold(t, { env: { PATH: '/nowhere' }, notify: { on: ['task_failed'] } })
  await at.failing()
  await at.notifier.stop(10_000)
  assert.match(at.troubles[0] ?? '', /failed \(command\): it could not be started: spawn sh ENOENT$/)
})
