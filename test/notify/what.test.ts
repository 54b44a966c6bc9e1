import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Notice, noticesOf } from '../../src/notify/notice.ts'
import { self } from '../../src/processes/identity.ts'
import { failures, openTold, waitForTold } from './support.ts'

const kinds = (notices: Notice[]) => notices.map(it => it.kind)

test('a failed task is told with all there is to know of it, as one object', async t => {
  const at = await openTold(t)
  await at.running()
  const id = await at.failing('The API is down.')
  const [notice] = await waitForTold(at, 1)
  assert.ok(notice)
  assert.deepEqual(Object.keys(notice).sort(), [
    'at',
    'counts',
    'kind',
    'message',
    'project',
    'queue',
    'session',
    'task',
  ])
  assert.equal(notice.kind, 'task_failed')
  assert.equal(notice.message, 'Q-2 failed: The API is down.')
  const { root, config } = at.project
  assert.deepEqual(notice.project, { name: config.project.name, root })
  assert.deepEqual(notice.task, (await at.core.getTask({ id })).task)
  assert.equal(notice.session?.name, 's')
  assert.equal(notice.queue?.name, 'q')
  assert.deepEqual(notice.counts, { queued: 0, running: 1, succeeded: 0, failed: 1 })
  assert.deepEqual(at.troubles, [])
})

test('of a script it says the exit and what it complained of last', async t => {
  const at = await openTold(t)
  const { core } = at
  const { runner } = await core.startRunner({ queue_id: 'q', mode: 'run', process: self() })
  const end = async (ending: Parameters<typeof core.finishAttempt>[0]['ending'], error_detail: string) => {
    await core.createTask({ queue_id: 'q', tool_name: 'run-bash', payload: { command: 'x' } })
    const { task } = await core.claimTask({ id: 'q', runner_id: runner.id })
    const id = task?.id as string
    await core.startAttempt({ id, attempt: 1, process: self(), command: ['x'], cwd: '/' })
    await core.finishAttempt({ id, attempt: 1, ending, error_detail })
  }
  await end({ kind: 'exit', code: 7 }, "KeyError: 'users'")
  await end({ kind: 'signal', signal: 'SIGSEGV' }, 'a\u001b[31m\u202eb\nc')
  const told = (await waitForTold(at, 3)).filter(it => it.kind === 'task_failed').map(it => it.message)
  assert.deepEqual(told, ["Q-1 failed: exit 7. KeyError: 'users'", 'Q-2 failed: SIGSEGV. a [31m b c'])
})

test('what the person cancelled is no news', async t => {
  const at = await openTold(t)
  await at.running()
  const id = await at.running()
  await at.core.cancelTask({ id })
  await at.failing()
  await at.notifier.stop(10_000)
  assert.deepEqual(
    at.told().map(it => it.message),
    ['Q-3 failed: No luck.'],
  )
})

test('what a worker asks is told with its options; what was answered meanwhile, or is over, is not', async t => {
  const at = await openTold(t)
  const { core } = at
  const id = await at.running()
  await core.askQuestion({ id, question: 'Old\nor new?', options: ['old', 'new'] })
  const [notice] = await waitForTold(at, 1)
  assert.equal(notice?.message, 'Q-1 asks: Old or new? (old | new)')
  assert.deepEqual([notice?.kind, notice?.task?.wait_reason], ['question', 'question'])
  await at.notifier.stop(10_000)
  const { question } = await core.askQuestion({ id: await at.running(), question: 'Which?' })
  const asked = (await core.listEvents({ event: 'question.asked', limit: 1 })).events[0]
  assert.ok(asked)
  assert.equal((await noticesOf(core, asked)).length, 1)
  await core.answerQuestion({ id: question.id, answer: 'This.' })
  assert.deepEqual(await noticesOf(core, asked), [])
})

test('a lane is told to be empty once each time it empties', async t => {
  const at = await openTold(t)
  const { core } = at
  const first = await at.running()
  const second = await at.running()
  await core.completeTask({ id: first, result_summary: 'Done.' })
  await core.completeTask({ id: second, result_summary: 'Done.' })
  const [notice] = await waitForTold(at, 1)
  assert.equal(notice?.message, 'q is empty: 2 succeeded and 0 failed so far.')
  assert.equal(notice?.task?.friendly_id, 'Q-2')
  await at.failing()
  await at.notifier.stop(10_000)
  assert.deepEqual(kinds(at.told()).sort(), ['lane_empty', 'lane_empty', 'task_failed'])
})

test('a lane whose task waits for a retry is not empty', async t => {
  const at = await openTold(t)
  const { core } = at
  await core.createTask({
    ...{ queue_id: 'q', tool_name: 'run-bash', payload: { command: 'x' } },
    not_before: '2999-01-01T00:00:00Z',
  })
  await at.succeeding()
  await at.notifier.stop(10_000)
  assert.deepEqual(at.told(), [])
})

test('whoever is late with many endings tells one emptying once', async t => {
  const at = await openTold(t)
  for (let i = 0; i < 10; i++) {
    await at.succeeding()
    // Nothing that the notifier waits for: it reads all of this in one go.
  }
  await at.notifier.stop(10_000)
  const told = at.told().filter(it => it.kind === 'lane_empty')
  const tasks = told.map(it => it.task?.friendly_id)
  assert.equal(tasks.at(-1), 'Q-10')
  assert.equal(new Set(tasks).size, tasks.length)
})

test('a paused lane is told with its reason, whoever paused it, and not that it is empty too', async t => {
  const at = await openTold(t)
  const { core } = at
  await core.updateQueue({ id: 'q', settings: { on_failure: 'pause' } })
  const id = await at.running()
  await core.failTask({ id, error_message: 'No luck.' })
  assert.deepEqual(
    (await waitForTold(at, 2)).map(it => it.message),
    ['Q-1 failed: No luck.', 'q is paused: Q-1 failed.'],
  )
  await core.resumeQueue({ id: 'q' })
  await core.pauseQueue({ id: 'q' })
  await waitForTold(at, 3)
  await core.resumeQueue({ id: 'q' })
  await core.pauseQueue({ id: 'q', reason: 'lunch', resume_at: '2999-01-31T12:00:00Z' })
  await at.notifier.stop(10_000)
  const [third, fourth, ...more] = at
    .told()
    .slice(2)
    .map(it => it.message)
  assert.equal(third, 'q is paused.')
  assert.match(fourth ?? '', /^q is paused until 3?1 \w+ \d\d:\d\d: lunch\.$/)
  assert.deepEqual(more, [])
})

test('only what `notify.on` names is told, and a change of it counts at once', async t => {
  const at = await openTold(t, { notify: { on: ['lane_paused'] } })
  await at.failing()
  await at.core.pauseQueue({ id: 'q', reason: 'one' })
  assert.deepEqual(kinds(await waitForTold(at, 1)), ['lane_paused'])
  at.project.config.notify = { ...at.project.config.notify, on: ['task_failed'] }
  await at.core.resumeQueue({ id: 'q' })
  await at.running()
  await at.failing()
  await waitForTold(at, 2)
  await at.core.pauseQueue({ id: 'q' })
  await at.notifier.stop(10_000)
  assert.deepEqual(kinds(at.told()), ['lane_paused', 'task_failed'])
})

test('what happened before it began is not told, nor what is told already by another process', async t => {
  const at = await openTold(t)
  const { core } = at
  await at.running()
  const events = async () => (await core.listEvents({ event: 'task.failed' })).events
  await at.failing()
  await waitForTold(at, 1)
  const [event] = await events()
  assert.ok(event)
  const other = at.again()
  assert.equal(other.notifications.claim({ event, kind: 'task_failed', way: 'command' }), false)
  assert.equal(other.notifications.claim({ event, kind: 'task_failed', way: 'desktop' }), true)
  assert.equal(core.notifications.claim({ event, kind: 'task_failed', way: 'desktop' }), false)
  assert.deepEqual(await failures(at), [])
})

test('what lies thousands of events back is forgotten, and may not be told any more', async t => {
  const at = await openTold(t, { notify: { command: null, desktop: false } })
  const { core } = at
  await at.failing()
  const [event] = (await core.listEvents({ event: 'task.failed' })).events
  assert.ok(event)
  for (let i = 0; i < 2500; i++) {
    await core.pauseQueue({ id: 'q' })
    await core.resumeQueue({ id: 'q' })
  }
  assert.equal(core.notifications.claim({ event, kind: 'task_failed', way: 'command' }), false)
})
