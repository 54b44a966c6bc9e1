import assert from 'node:assert/strict'
import type { Api } from '../../src/contract/api.ts'
import type { Attempt } from '../../src/contract/attempts.ts'
import type { Event } from '../../src/contract/events.ts'
import type { Task } from '../../src/contract/tasks.ts'
import { gateView } from './gate.ts'
import { type Model, type ModelTask, stamp } from './state.ts'
import { queueView, runnerView, sessionView, taskRow } from './views.ts'
import { peekQueue } from './working.ts'

/** What is anybody's JSON has to be the same as a whole; of anything else, the fields that the model knows. */
const wholes = ['payload', 'result_data', 'settings', 'process', 'bound']

/** Asserts that what SparkQ shows is what the model holds; fields of the contract beyond the model are left aside. */
export function assertSame(actual: unknown, expected: unknown, what: string): void {
  assert.deepEqual(known(actual, expected), expected, what)
}

function known(actual: unknown, expected: unknown): unknown {
  if (Array.isArray(actual) && Array.isArray(expected)) return actual.map((it, i) => known(it, expected[i]))
  if (!isObject(actual) || !isObject(expected)) return actual
  const fields = Object.keys(expected).map(key => {
    const value = actual[key]
    return [key, wholes.includes(key) ? value : known(value, expected[key])]
  })
  return Object.fromEntries(fields)
}

const isObject = (it: unknown): it is Record<string, unknown> =>
  typeof it === 'object' && it !== null && !Array.isArray(it)

/** All that can be seen of SparkQ, held against the model; `lastSeq` is the end of the audit log before. */
export async function checkState(
  api: Api,
  model: Model,
  { lastSeq, unordered }: { lastSeq: number; unordered: boolean },
): Promise<number> {
  const events = await eventsAfter(api, lastSeq)
  checkEvents(model, events, lastSeq, unordered)
  assertSame(
    (await api.listSessions({ limit: 500 })).sessions,
    newestFirst(model.sessions, it => sessionView(model, it)),
    'sessions',
  )
  const { queues } = await api.listQueues({ archived: true, limit: 500 })
  assertSame(
    queues,
    newestFirst(model.queues, it => queueView(model, it)),
    'queues',
  )
  const { tasks } = await api.listTasks({ limit: 500 })
  assertSame(tasks, newestFirst(model.tasks, taskRow), 'tasks')
  for (const task of tasks) checkSound(task)
  for (const task of touched(model, events)) {
    const { attempts } = await api.listAttempts({ id: task.id })
    const shown = task.attemptList.map(({ said: _, ...it }) => it)
    assertSame(attempts, shown, `attempts of ${task.friendly_id}`)
    checkCharges(tasks.find(it => it.id === task.id) as Task, attempts)
  }
  for (const queue of model.queues)
    assertSame(await api.peekQueue({ id: queue.id }), peekQueue(model, queue), `peek of ${queue.name}`)
  const { runners } = await api.listRunners()
  assertSame(byId(runners), byId(model.runners.map(runnerView)), 'runners')
  const { providers } = await api.listProviders()
  assertSame(providers[0], gateView(model), 'provider')
  await checkStats(api, model)
  return events.at(-1)?.seq ?? lastSeq
}

const newestFirst = <T, V>(list: T[], view: (it: T) => V): V[] => list.map(view).reverse()
const byId = <T extends { id: string }>(list: T[]): T[] => list.toSorted((a, b) => (a.id < b.id ? -1 : 1))

async function eventsAfter(api: Api, seq: number): Promise<Event[]> {
  const { events } = await api.listEvents({ after: seq, limit: 500 })
  assert.ok(events.length < 500, 'one call makes fewer events')
  return events
}

/** The log has the transitions, in order, and a sequence that only grows. Of tasks that end side by side, each its own. */
function checkEvents(model: Model, events: Event[], lastSeq: number, unordered: boolean): void {
  let seq = lastSeq
  for (const event of events) {
    assert.ok(event.seq > seq, `${event.seq} comes after ${seq}`)
    assert.deepEqual([event.at, event.actor], [stamp(model.now), 'test'])
    seq = event.seq
  }
  const sort = <T extends { task_id: string | null; queue_id: string | null }>(rows: T[]): T[] => {
    const subject = (it: T) => it.task_id ?? it.queue_id ?? ''
    return unordered ? rows.toSorted((a, b) => subject(a).localeCompare(subject(b))) : rows
  }
  assertSame(sort(events), sort(model.events), 'the audit log')
}

const touched = (model: Model, events: Event[]): ModelTask[] =>
  model.tasks.filter(task => events.some(it => it.task_id === task.id))

/** What is true of any task, whatever the model thinks. */
function checkSound(task: Task): void {
  const isFinished = task.status === 'succeeded' || task.status === 'failed'
  const facts = {
    finished_at: task.finished_at !== null,
    review: task.review !== null,
    error_type: task.error_type !== null,
    result: task.status !== 'succeeded' || Boolean(task.result_summary?.trim()),
    claimed: task.status !== 'running' || (task.claimed_at !== null && task.attempt !== null),
    waits: task.wait_reason === null || task.status === 'queued',
  }
  assert.deepEqual(facts, {
    finished_at: isFinished,
    review: isFinished,
    error_type: task.status === 'failed',
    result: true,
    claimed: true,
    waits: true,
  })
}

function checkCharges(task: Task, attempts: Attempt[]): void {
  assert.equal(
    task.attempts,
    attempts.filter(it => it.charged).length,
    `${task.friendly_id}: charged attempts`,
  )
  const open = attempts.filter(it => it.outcome === null).map(it => it.number)
  assert.deepEqual(
    open,
    task.status === 'running' ? [task.attempt] : [],
    `${task.friendly_id}: open attempts`,
  )
}

async function checkStats(api: Api, model: Model): Promise<void> {
  const stats = await api.getStats()
  const count = (status: string) => model.tasks.filter(it => it.status === status).length
  const unreviewed = model.tasks.filter(it => it.needs_review && it.review === 'unreviewed').length
  assertSame(
    stats,
    {
      tasks: {
        queued: count('queued'),
        running: count('running'),
        succeeded: count('succeeded'),
        failed: count('failed'),
      },
      unreviewed,
      runners: model.runners.length,
    },
    'stats',
  )
}
