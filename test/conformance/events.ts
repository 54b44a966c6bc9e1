import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type EventName, eventNames } from '../../src/contract/events.ts'
import { self } from '../../src/processes/identity.ts'
import { agentLanes } from './agent-lanes.ts'
import type { Harness, World } from './harness.ts'
import { allEvents } from './history.ts'

/** Does everything that leaves a row, in one project. */
async function everything(world: World): Promise<void> {
  const { api, lane, add, running, succeeded, clock } = world
  const queue = await lane('auth', { status: 'planned' })
  await api.updateSession({ id: 'auth', instructions: 'x' })
  await api.updateQueue({ id: 'auth', instructions: 'x' })
  await api.activateQueue({ id: 'auth' })
  await api.pauseQueue({ id: 'auth', reason: 'Lunch.' })
  await api.resumeQueue({ id: 'auth' })
  await succeeded(queue)
  await api.reviewTask({ id: 'AUTH-1', decision: 'accepted' })
  await api.closeReview()
  const retried = await running(queue, { max_attempts: 2, timeout: 30 })
  clock.advance(30)
  await api.sweep()
  await api.finishAttempt({ id: retried.id, attempt: 1, ending: { kind: 'exit', code: 3 } })
  await api.updateTask({ id: retried.id, not_before: null })
  await api.moveTaskFirst({ id: retried.id })
  await api.cancelTask({ id: retried.id })
  const { runner } = await api.startRunner({ queue_id: 'auth', mode: 'run', process: self() })
  const executed = await add(queue)
  await api.claimTask({ id: 'auth', runner_id: runner.id })
  await api.startAttempt({ id: executed.id, attempt: 1, process: self(), command: ['x'], cwd: '/' })
  await api.flagAttempt({ id: executed.id, attempt: 1, stalled: true })
  await api.flagAttempt({ id: executed.id, attempt: 1, stalled: false })
  await api.cancelTask({ id: executed.id })
  await api.finishAttempt({ id: executed.id, attempt: 1, ending: { kind: 'stopped', cause: 'cancelled' } })
  const { id: asking } = await running(queue)
  const { question } = await api.askQuestion({ id: asking, question: 'Which?' })
  await api.answerQuestion({ id: question.id, answer: 'This.' })
  await api.setRunnerWanted({ id: 'auth', wanted: 'off' })
  const death = { exit_code: 1, signal: null, deaths: 1, restart_at: clock.stamp() }
  await api.noteRunnerDeath({ id: 'auth', ...death })
  await api.stopRunner({ id: runner.id })
  await api.deleteTask({ id: (await add(queue)).id })
  await agents(world)
  await api.archiveQueue({ id: 'auth' })
  await api.unarchiveQueue({ id: 'auth' })
  await api.endQueue({ id: 'auth' })
  await api.deleteQueue({ id: (await lane('gone', { session_id: 'auth' })).id })
  await api.endSession({ id: 'auth' })
  await succeeded(await lane('brief'))
  await api.createPrompt({ command: 'x', template: 'x' })
  await api.updatePrompt({ id: 'x', template: 'y' })
  await api.deletePrompt({ id: 'x' })
  await api.createTaskClass({ name: 'C', timeout: 5 })
  await api.updateTaskClass({ name: 'C', timeout: 6 })
  await api.createTool({ name: 't', task_class: 'C' })
  await api.updateTool({ name: 't', timeout: 7 })
  await api.deleteTool({ name: 't' })
  await api.deleteTaskClass({ name: 'C' })
  await api.setConfig({ namespace: 'limits', key: 'stop_grace', value: 1 })
  clock.advance(10 * 86_400)
  await api.purge()
  await api.deleteSession({ id: 'brief' })
}

/** A provider is limited, tried in vain, answers, and is paused; a conversation is lost. */
async function agents(world: World): Promise<void> {
  const lanes = agentLanes(world)
  await lanes.open('agents')
  await lanes.run('agents', 'usage_limit', { resets_at: world.clock.stamp(60) })
  world.clock.advance(60)
  await lanes.end(await lanes.taken('agents'), 'no_result')
  await lanes.run('agents', 'ok')
  await lanes.add('agents')
  const task = await lanes.taken('agents')
  await world.api.openConversation({ id: task.id, attempt: 1, agent: 'claude', host: 'here' })
  await lanes.end(task, 'lost_conversation')
  await world.api.pauseProvider({ name: 'claude' })
  await world.api.endSession({ id: 'agents' })
}

export function events({ open }: Harness): void {
  test('everything that happens leaves a row of its own name', async t => {
    const world = await open(t, { lanes: { all: true, sessions: [], queues: [] } })
    const { api } = world
    const watching = new AbortController()
    const names = new Set<EventName>()
    const watched = (async () => {
      for await (const { event } of api.watchEvents({ after: 0, signal: watching.signal })) {
        names.add(event)
        if (event === 'session.deleted') return
      }
    })()
    await everything(world)
    await watched
    watching.abort()
    // These are no operation's doing; test/notify and the tests of restore see to them.
    for (const name of ['notify.failed', 'project.restored'] as const) names.add(name)
    assert.deepEqual(
      eventNames.filter(name => !names.has(name)),
      [],
    )
  })

  test('a task’s rows tell its way: which attempt, from where to where, and by whom', async t => {
    const { api, lane, running, claim, clock } = await open(t)
    const queue = await lane()
    const { id } = await running(queue, { max_attempts: 2 })
    await api.finishAttempt({ id, attempt: 1, ending: { kind: 'exit', code: 3 } })
    clock.advance(10)
    await claim(queue)
    await api.completeTask({ id, result_summary: 'Done.' })
    const { events } = await api.listEvents({ task_id: 'auth-1', after: 0 })
    assert.deepEqual(
      events.map(it => [it.event, it.from_status, it.to_status, it.attempt]),
      [
        ['task.enqueued', null, 'queued', null],
        ['task.claimed', 'queued', 'running', 1],
        ['task.returned', 'running', 'queued', 1],
        ['task.claimed', 'queued', 'running', 2],
        ['task.succeeded', 'running', 'succeeded', 2],
      ],
    )
    assert.deepEqual(events.at(-1), {
      ...events.at(-1),
      at: clock.stamp(),
      session_id: queue.session.id,
      queue_id: queue.id,
      task_id: id,
    })
    assert.ok(events.every(it => it.actor.length > 0))
  })

  test('what is refused leaves no row', async t => {
    const { api, lane, add } = await open(t)
    const { id } = await add(await lane())
    const before = await allEvents(api)
    const refusals = [
      api.completeTask({ id, result_summary: 'Done.' }),
      api.reviewTask({ id, decision: 'accepted' }),
      api.resumeQueue({ id: 'auth' }),
      api.unarchiveQueue({ id: 'auth' }),
      api.createQueue({ session_id: 'auth', name: 'auth' }),
      api.createTask({ queue_id: 'auth', tool_name: 'nonsense', payload: {} }),
    ]
    assert.ok((await Promise.allSettled(refusals)).every(it => it.status === 'rejected'))
    assert.deepEqual(await allEvents(api), before)
  })

  test('numbers only grow, and a deleted thing’s rows stay', async t => {
    const { api, lane, add } = await open(t)
    const { id } = await add(await lane())
    await api.deleteTask({ id })
    const seqs = (await allEvents(api)).map(it => it.seq)
    assert.deepEqual(
      seqs,
      [...new Set(seqs)].sort((a, b) => a - b),
    )
    assert.ok((await allEvents(api)).some(it => it.event === 'task.deleted' && it.task_id === id))
  })

  test('the log is listed newest first, and with `after` oldest first from there', async t => {
    const { api, lane, add } = await open(t)
    const queue = await lane()
    for (let n = 0; n < 3; n++) await add(queue)
    const all = await allEvents(api)
    assert.deepEqual((await api.listEvents()).events, all.toReversed())
    const first = await api.listEvents({ limit: 2 })
    const next = await api.listEvents({ limit: 2, cursor: first.next_cursor as string })
    assert.deepEqual([...first.events, ...next.events], all.toReversed().slice(0, 4))
    const { events, next_cursor } = await api.listEvents({ after: all[1]?.seq as number, limit: 2 })
    assert.deepEqual([events, next_cursor], [all.slice(2, 4), null])
  })

  test('the log is filtered by task, lane and kind', async t => {
    const { api, lane, add } = await open(t)
    const [one, two] = [await lane('one'), await lane('two')]
    await add(one)
    await add(two)
    const kinds = async (input: object) => (await api.listEvents(input)).events.map(it => it.event)
    assert.deepEqual(await kinds({ task_id: 'TWO-1' }), ['task.enqueued'])
    assert.deepEqual(await kinds({ queue_id: 'two' }), ['task.enqueued', 'queue.created'])
    assert.deepEqual(await kinds({ event: 'session.created' }), ['session.created', 'session.created'])
  })
}
