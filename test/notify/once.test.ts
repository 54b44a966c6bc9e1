import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { logOf, serverSite } from '../server/support.ts'
import { waitFor } from '../support/wait.ts'
import { fakeDesktop, noting, readTold } from './support.ts'

const config = (notify: object): string => JSON.stringify({ server: { port: 0, host: '127.0.0.1' }, notify })

test('a server and a runner that see the same tell it once, each in the ways that it can', async t => {
  const at = await serverSite(t, { 'sparkq.yml': config({ command: noting }) })
  const { PATH, DISPLAY, shown } = fakeDesktop(at.folder)
  for (const command of ['exit 7', 'true', 'exit 8'])
    await at.core.createTask({ queue_id: 'default', tool_name: 'run-bash', payload: { command } })
  await at.sparkq(['start'])
  const { code, stderr } = await at.sparkq(['runner', '-q', 'default'], { env: { PATH, DISPLAY } })
  assert.deepEqual([code, stderr], [0, ''])
  const expected = [
    'DEFAULT-1 failed: exit 7.',
    'DEFAULT-3 failed: exit 8.',
    'default is empty: 1 succeeded and 2 failed so far.',
  ]
  // The runner has ended; what the server had taken on it may still be telling.
  await waitFor('all is told', () => readTold(at.folder).length >= expected.length)
  await at.sparkq(['stop'])
  assert.deepEqual(
    readTold(at.folder)
      .map(it => it.message)
      .sort(),
    expected,
  )
  assert.deepEqual(
    shown().map(words => words.at(-1)),
    expected,
  )
})

test('a runner that has emptied its lane goes when that is told, and says what could not be', async t => {
  const at = await serverSite(t, { 'sparkq.yml': config({ command: 'exit 1', on: ['lane_empty'] }) })
  await at.core.createTask({ queue_id: 'default', tool_name: 'run-bash', payload: { command: 'true' } })
  const { code, stderr } = await at.sparkq(['runner', '-q', 'default'])
  const trouble =
    'The notification "default is empty: 1 succeeded and 0 failed so far." failed (command): exit 1'
  assert.deepEqual([code, stderr], [0, `${trouble}\n`])

  const status = await at.sparkq(['status'])
  assert.match(status.stdout, /\n {2}notify {4}last one failed: exit 1, \d\d:\d\d\n/)
  assert.match(status.stderr, /\n {2}sparkq notify test +try the notifications\n/)
  const { notification } = JSON.parse((await at.sparkq(['status', '--json'])).stdout)
  assert.deepEqual([notification.kind, notification.error], ['lane_empty/command', 'exit 1'])
})

test('a server tells what happens without a runner, by the settings that it was last told to read', async t => {
  const at = await serverSite(t, { 'sparkq.yml': config({ command: 'exit 5', on: ['task_failed'] }) })
  await at.sparkq(['start'])
  const fail = async () => {
    await at.core.createTask({ queue_id: 'default', tool_name: 'run-bash', payload: { command: 'x' } })
    const { task } = await at.core.claimTask({ id: 'default' })
    await at.core.failTask({ id: task?.id as string, error_message: 'No luck.' })
  }
  await fail()
  await waitFor('the log says that it failed', () => / warning notify\.failed .*exit 5"\n/.test(logOf(at)))
  fs.writeFileSync(path.join(at.folder, 'sparkq.yml'), config({ command: noting, on: ['task_failed'] }))
  const { stdout } = await at.sparkq(['reload'])
  assert.match(stdout, /\n {2}notify\.command: "exit 5" → /)
  await fail()
  await waitFor('it is told', () => readTold(at.folder).length === 1)
  await at.sparkq(['stop'])
})

test('a server that is stopped tells what has happened, and waits no longer than it may', async t => {
  const command = 'echo $$ > pid.txt; exec sleep 60'
  const at = await serverSite(t, { 'sparkq.yml': config({ command, on: ['lane_paused'] }) })
  await at.sparkq(['start'])
  await at.core.pauseQueue({ id: 'default', reason: 'lunch' })
  const pid = await waitFor('it is telling', () => {
    const file = path.join(at.folder, 'pid.txt')
    return fs.existsSync(file) && Number(fs.readFileSync(file, 'utf8'))
  })
  assert.equal((await at.sparkq(['stop'])).code, 0)
  assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' })
  assert.match(logOf(at), / notify\.failed .*default is paused: lunch\..*no time left/)
})

test('notify test says what became of it, in each way', async t => {
  const at = await serverSite(t, { 'sparkq.yml': config({ command: noting }) })
  const { PATH, DISPLAY, shown } = fakeDesktop(at.folder)
  const env = { PATH, DISPLAY }
  const told = await at.sparkq(['notify', 'test'], { env })
  assert.match(told.stdout, /^command {3}told in \d\.\d s\ndesktop {3}told in \d\.\d s\n$/)
  assert.deepEqual([told.stderr, told.code], ['', 0])
  const [notice] = readTold(at.folder)
  assert.deepEqual([notice?.kind, notice?.task, notice?.queue], ['test', null, null])
  assert.equal(shown()[0]?.at(-1), notice?.message)

  fs.writeFileSync(path.join(at.folder, 'sparkq.yml'), config({ command: 'echo oh >&2; exit 2' }))
  const failed = await at.sparkq(['notify', 'test'], { env })
  assert.match(failed.stdout, /^command {3}failed: exit 2 \(oh\)\ndesktop {3}told in /)
  assert.equal(failed.code, 1)

  fs.writeFileSync(path.join(at.folder, 'sparkq.yml'), config({ desktop: false }))
  const nothing = await at.sparkq(['notify', 'test'], { env })
  assert.equal(nothing.stdout, 'Nothing would be told: no command is set, and no desktop is in reach.\n')
  assert.match(nothing.stderr, /^ {2}notify\.command +in sparkq\.yml names one\n$/)
  assert.equal(nothing.code, 1)
})

test('what cannot be told is refused in the settings', async t => {
  const at = await serverSite(t, { 'sparkq.yml': config({ on: ['weather'] }) })
    .then(() => undefined)
    .catch(error => error as Error)
  assert.match(at?.message ?? '', /notify\.on\.0 /)
})
