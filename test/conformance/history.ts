import assert from 'node:assert/strict'
import type { Api } from '../../src/contract/api.ts'
import type { Event } from '../../src/contract/events.ts'
import type { Queue } from '../../src/contract/queues.ts'
import type { Task, TaskStatus } from '../../src/contract/tasks.ts'

/** After every test: the audit log tells how each task and queue came where it is, step by step, and counts are true. */
export async function checkHistory(api: Api): Promise<void> {
  const events = await allEvents(api)
  const tasks = await allTasks(api)
  const queues = await allQueues(api)
  for (const task of tasks) checkSteps(task.friendly_id, task.status, stepsOf(events, 'task_id', task.id))
  for (const queue of queues) {
    const own = events.filter(event => event.task_id === null)
    checkSteps(queue.name, queue.status, stepsOf(own, 'queue_id', queue.id))
    assert.deepEqual(
      queue.counts,
      count(tasks.filter(it => it.queue.id === queue.id)),
      `counts of ${queue.name}`,
    )
  }
}

/** The audit log from its beginning. */
export async function allEvents(api: Api): Promise<Event[]> {
  const all: Event[] = []
  for (;;) {
    const { events } = await api.listEvents({ after: all.at(-1)?.seq ?? 0, limit: 500 })
    if (events.length === 0) return all
    all.push(...events)
  }
}

async function allTasks(api: Api): Promise<Task[]> {
  const all: Task[] = []
  let cursor: string | null | undefined
  do {
    const page = await api.listTasks({ limit: 500, ...(cursor ? { cursor } : {}) })
    all.push(...page.tasks)
    cursor = page.next_cursor
  } while (cursor)
  return all
}

async function allQueues(api: Api): Promise<Queue[]> {
  return (await api.listQueues({ archived: true, limit: 500 })).queues
}

function stepsOf(events: Event[], key: 'task_id' | 'queue_id', id: string): Event[] {
  return events.filter(event => event[key] === id && event.to_status !== null)
}

function checkSteps(what: string, status: string, steps: Event[]): void {
  let now: string | null = null
  for (const { event, from_status, to_status, seq } of steps) {
    assert.equal(from_status, now, `${what}: ${event} (${seq}) begins where the step before it ended`)
    now = to_status
  }
  assert.equal(status, now, `${what}: its status is what its last audit row says`)
}

function count(tasks: Task[]): Record<TaskStatus, number> {
  const counts = { queued: 0, running: 0, succeeded: 0, failed: 0 }
  for (const task of tasks) counts[task.status]++
  return counts
}
