import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { waitFor } from '../support/wait.ts'
import { begin, claim } from './arrange.ts'
import { type Running, type Site, site } from './run-cli.ts'

const add = async ({ core }: Site, more: { timeout?: number } = {}) =>
  (await core.createTask({ queue_id: 'default', tool_name: 'run-bash', payload: { command: 'x' }, ...more }))
    .task

/** It waits once it has said of the lane that nothing runs it. */
const isWaiting = ({ seen }: Running) => waitFor('it waits', () => seen.stderr.includes('Still waiting'))

describe('wait', { concurrency: 4 }, () => {
  test('ends with 0 when all have succeeded, a line for each as it ends', async t => {
    const at = await site(t)
    for (let i = 0; i < 3; i++) await add(at)
    const waiting = at.start(['wait', 'DEFAULT-1', 'DEFAULT-2', 'DEFAULT-3'])
    await isWaiting(waiting)
    for (let i = 1; i <= 3; i++) {
      const attempt = await claim(at)
      await attempt.finish(0)
      await waitFor('its line is shown', () => waiting.seen.stdout.split('\n').length === i + 1)
    }
    const { stdout, code } = await waiting.ended
    assert.equal(code, 0)
    assert.match(
      stdout,
      /^✓ DEFAULT-1 {2}succeeded · \d\.\d s · run-bash x · Exited with 0 after .*\n✓ DEFAULT-2 /,
    )
  })

  test('ends with 1 when one has failed, and waits for the others first', async t => {
    const at = await site(t)
    const first = await begin(at)
    await first.finish(7)
    await add(at)
    const waiting = at.start(['wait', 'DEFAULT-1', 'DEFAULT-2', 'DEFAULT-2'])
    await waitFor('the first is told', () => waiting.seen.stdout !== '')
    assert.match(waiting.seen.stdout, /^✗ DEFAULT-1 {2}failed · exit 7 · .*\n$/)
    const second = await claim(at)
    await second.finish(0)
    const { stdout, code } = await waiting.ended
    assert.deepEqual([stdout.split('\n').length, code], [3, 1])
  })

  test('for a lane waits for all that is in it now', async t => {
    const at = await site(t)
    await add(at)
    await add(at)
    await claim(at)
    const waiting = at.start(['wait', '--queue', 'default', '--json'])
    await waitFor('it watches', () => waiting.child.exitCode === null)
    await at.core.cancelTask({ id: 'DEFAULT-2' })
    await at.core.finishAttempt({ id: 'DEFAULT-1', attempt: 1, ending: { kind: 'exit', code: 0 } })
    const { stdout, code } = await waiting.ended
    const { tasks } = JSON.parse(stdout)
    assert.equal(code, tasks.every((task: { status: string }) => task.status === 'succeeded') ? 0 : 1)
    assert.ok(tasks.length <= 2)

    const empty = await at.sparkq(['wait', '--queue', 'default'])
    assert.deepEqual([empty.stdout, empty.code], ['', 0])
    assert.equal(empty.stderr, 'Nothing is queued or running in "default".\n')
  })

  test('says when a lane stands still, and goes on waiting', async t => {
    const at = await site(t)
    await add(at)
    await at.core.pauseQueue({ id: 'default', reason: 'for lunch' })
    const waiting = at.start(['wait', 'DEFAULT-1'])
    await waitFor('it says why', () => waiting.seen.stderr.includes('sparkq queue resume default'))
    assert.match(waiting.seen.stderr, /^Still waiting: queue "default" is paused \(for lunch\)\.\n/)
    await at.core.resumeQueue({ id: 'default' })
    await waitFor('it says what is new', () => waiting.seen.stderr.includes('is not worked by any runner'))
    await at.core.cancelTask({ id: 'DEFAULT-1' })
    const { stdout, code } = await waiting.ended
    assert.match(stdout, /^✗ DEFAULT-1 {2}failed · cancelled · run-bash x · Cancelled before it ran\.\n$/)
    assert.equal(code, 1)
  })

  test('does not wait for what is deleted meanwhile', async t => {
    const at = await site(t)
    await at.core.createQueue({ session_id: 'default', name: 'other' })
    await add(at)
    await at.core.createTask({ queue_id: 'other', tool_name: 'run-bash', payload: { command: 'x' } })
    const waiting = at.start(['wait', 'DEFAULT-1', 'OTHER-1'])
    await isWaiting(waiting)
    await at.core.deleteTask({ id: 'DEFAULT-1' })
    await at.core.deleteQueue({ id: 'other' })
    const { stdout, stderr, code } = await waiting.ended
    assert.deepEqual([stdout, code], ['', 1])
    assert.match(stderr, /DEFAULT-1 was deleted\.\n(.*\n)*OTHER-1 was deleted\.\n/)
  })

  test('gives up after --timeout, and says what is still to come', async t => {
    const at = await site(t)
    await add(at)
    const { stdout, stderr, code } = await at.sparkq(['wait', 'DEFAULT-1', '--timeout', '1'])
    assert.deepEqual([stdout, code], ['', 1])
    assert.match(stderr, /Waited 1 s: DEFAULT-1 is still queued\.\n$/)
  })

  test('sees a task end that ran past its time, though nobody else is there to end it', async t => {
    const at = await site(t)
    await add(at, { timeout: 1 })
    await at.core.claimTask({ id: 'default' })
    const { stdout, code } = await at.sparkq(['wait', 'DEFAULT-1'])
    assert.match(stdout, /^✗ DEFAULT-1 {2}failed · timeout · /)
    assert.equal(code, 1)
  })

  test('is interrupted by Ctrl-C with 130', async t => {
    const at = await site(t)
    await add(at)
    const waiting = at.start(['wait', 'DEFAULT-1'])
    await isWaiting(waiting)
    waiting.child.kill('SIGINT')
    assert.equal((await waiting.ended).code, 130)
  })
})
