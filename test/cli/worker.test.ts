import assert from 'node:assert/strict'
import os from 'node:os'
import { describe, test } from 'node:test'
import { type Site, site } from './run-cli.ts'

const add = ({ core }: Site, queue_id = 'default', more: { not_before?: string } = {}) =>
  core.createTask({ queue_id, tool_name: 'run-bash', payload: { command: 'true' }, ...more })

describe('a worker', { concurrency: 4 }, () => {
  test('peeks at the next task, as one line of JSON, and changes nothing', async t => {
    const at = await site(t)
    await add(at)
    const before = await at.core.listEvents({ limit: 1 })
    const { stdout, stderr, code } = await at.sparkq(['peek', '-q', 'default'])
    assert.deepEqual([stderr, code, stdout.split('\n').length], ['', 0, 2])
    const { task } = await at.core.peekQueue({ id: 'default' })
    assert.deepEqual(JSON.parse(stdout), task)
    assert.deepEqual(await at.core.listEvents({ limit: 1 }), before)
    assert.equal((await at.sparkq(['peek', 'default'])).stdout, stdout)
  })

  test('claims a task with the instructions of its lane', async t => {
    const at = await site(t)
    await at.core.createQueue({ session_id: 'default', name: 'Back End', instructions: 'Use JWT.' })
    await add(at, 'Back End')
    const { stdout, stderr, code } = await at.sparkq(['claim', '--stream', 'back end'])
    assert.deepEqual([stderr, code], ['', 0])
    const task = JSON.parse(stdout)
    assert.equal(task.queue.instructions, 'Use JWT.')
    assert.deepEqual(
      [task.status, task.attempt, task.worker_id],
      ['running', 1, `worker-${os.hostname()}-Back_End`],
    )
  })

  test('gets the same claim again for the same key', async t => {
    const at = await site(t)
    await add(at)
    await add(at)
    const claim = async (...args: string[]) =>
      JSON.parse((await at.sparkq(['claim', '-q', 'default', ...args])).stdout).friendly_id
    assert.equal(await claim('--key', 'k1', '--worker', 'me'), 'DEFAULT-1')
    assert.equal(await claim('--key', 'k1', '--worker', 'me'), 'DEFAULT-1')
    assert.equal(await claim('--key', 'k2'), 'DEFAULT-2')
  })

  test('gets nothing where there is nothing, and hears why', async t => {
    const at = await site(t)
    const both = async () => {
      const answers = await Promise.all(['peek', 'claim'].map(it => at.sparkq([it, '-q', 'default'])))
      assert.deepEqual(answers[0], answers[1])
      assert.deepEqual([answers[0]?.stdout, answers[0]?.code], ['', 0])
      return answers[0]?.stderr
    }
    assert.match(
      (await both()) ?? '',
      /^Nothing to take: queue "default" is empty\.\n {2}sparkq enqueue -q default/,
    )
    await add(at, 'default', { not_before: '2130-01-01T02:00:00Z' })
    assert.match(
      (await both()) ?? '',
      /^Nothing to take yet: 1 queued task in "default", waiting until 1 Jan 2130 \d\d:00\.\n/,
    )
    await at.core.pauseQueue({ id: 'default', reason: 'Lunch.' })
    assert.equal(
      await both(),
      'Nothing to take: queue "default" is paused (Lunch).\n  sparkq queue resume default      let it go on\n',
    )
  })

  test('that names no queue is told which ones have work', async t => {
    const at = await site(t)
    await at.core.createQueue({ session_id: 'default', name: 'Back End' })
    await at.core.createQueue({ session_id: 'default', name: 'empty' })
    const none = await at.sparkq(['claim'])
    assert.equal(none.stderr, 'Which queue? None has queued tasks.\n  sparkq queue list\n')
    await add(at, 'Back End')
    const { stdout, stderr, code } = await at.sparkq(['claim'])
    assert.deepEqual([stdout, code], ['', 2])
    assert.equal(
      stderr,
      `Which queue? These have queued tasks:\n  sparkq claim -q 'Back End'    1 queued task\n`,
    )
    const peek = await at.sparkq(['peek'])
    assert.deepEqual(
      [peek.stderr, peek.code],
      ['Which queue?\n  -q NAME, one of: default, Back End, empty\n', 2],
    )
  })

  test('completes a task, in either way of writing it', async t => {
    const at = await site(t)
    await add(at)
    await add(at)
    await at.core.claimTask({ id: 'default' })
    await at.core.claimTask({ id: 'default' })
    const short = await at.sparkq(['complete', 'default-1', 'Applied 4 migrations.'])
    assert.equal(short.stdout, 'Completed DEFAULT-1 · Applied 4 migrations.\n')
    const long = await at.sparkq(
      ['complete', '--task-id', 'DEFAULT-2', '--summary', 'Done.', '--data', '-', '--attempt', '1', '--json'],
      { input: '{"rows": [0]}' },
    )
    const { task } = JSON.parse(long.stdout)
    assert.deepEqual(
      [task.status, task.result_summary, task.result_data],
      ['succeeded', 'Done.', { rows: [0] }],
    )
    // Said once more, it is as true as before.
    assert.equal((await at.sparkq(['complete', 'DEFAULT-1', 'Applied 4 migrations.'])).code, 0)
  })

  test('may say the same again in any spelling of the FRD, and nothing else', async t => {
    const at = await site(t)
    for (let n = 0; n < 2; n++) {
      await add(at)
      await at.core.claimTask({ id: 'default' })
    }
    const data = ['--data', '{"rows": 0}']
    const done = [
      ['DEFAULT-1', 'Migration completed', ...data],
      ['--task-id', 'DEFAULT-1', '--summary', 'Migration completed', ...data],
      ['DEFAULT-1', '--summary', 'Migration completed', ...data],
      ['--task-id', 'DEFAULT-1', 'Migration completed', '--data', '{ "rows" : 0 }'],
    ]
    for (const words of done) assert.equal((await at.sparkq(['complete', ...words])).code, 0, words.join(' '))
    const failed = [
      ['--task-id', 'DEFAULT-2', '--reason', 'Permission denied on users table'],
      ['DEFAULT-2', '--reason', 'Permission denied on users table'],
      ['DEFAULT-2', 'Permission denied on users table'],
    ]
    for (const words of failed) assert.equal((await at.sparkq(['fail', ...words])).code, 0, words.join(' '))
    const others = [
      ['complete', 'DEFAULT-1', 'Migration completed'],
      ['complete', 'DEFAULT-1', 'Otherwise', ...data],
      ['fail', 'DEFAULT-1', 'No.'],
      ['complete', 'DEFAULT-2', 'Done.'],
      ['fail', 'DEFAULT-2', 'Otherwise'],
    ]
    for (const words of others) assert.equal((await at.sparkq(words)).code, 4, words.join(' '))
    const events = (await at.core.listEvents({ after: 0, limit: 500 })).events.map(it => it.event)
    assert.equal(events.filter(it => it === 'task.succeeded' || it === 'task.failed').length, 2)
  })

  test('gives a task up with the reason', async t => {
    const at = await site(t, { 'test.log': 'one\ntwo\n' })
    await add(at)
    await add(at)
    await at.core.claimTask({ id: 'default' })
    await at.core.claimTask({ id: 'default' })
    const long = await at.sparkq([
      'fail',
      '--task-id',
      'DEFAULT-1',
      '--reason',
      'No\nway.',
      '--detail',
      '@test.log',
    ])
    assert.equal(long.stdout, 'Failed DEFAULT-1 · No way.\n')
    assert.equal(long.stderr, '  sparkq requeue DEFAULT-1         queue it again\n')
    const { task } = await at.core.getTask({ id: 'DEFAULT-1' })
    assert.deepEqual(
      [task.error_type, task.error_message, task.error_detail],
      ['reported', 'No\nway.', 'one\ntwo\n'],
    )
    const short = await at.sparkq(['fail', 'DEFAULT-2', 'No.', '--json'])
    assert.equal(JSON.parse(short.stdout).task.error_message, 'No.')
  })

  test('is refused where another attempt is the current one', async t => {
    const at = await site(t)
    await add(at)
    await at.core.claimTask({ id: 'default' })
    const { stdout, stderr, code } = await at.sparkq(['complete', 'DEFAULT-1', 'Done.', '--attempt', '2'])
    assert.deepEqual([stdout, code], ['', 3])
    assert.match(stderr, /^DEFAULT-1 has no attempt 2\.\n/)
  })
})
