import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { holderOfTree } from '../../src/store/attempts.ts'
import type { Database } from '../../src/store/database.ts'
import { newest } from '../../src/store/listing.ts'
import { spentInLane } from '../../src/store/spending.ts'
import { nextClaimable, oldTasks, overdueTasks, staleTasks, tasksTable } from '../../src/store/tasks.ts'
import { fillProject, freshDatabase } from './support.ts'

/** A lane with a long history, few queued and one running: what the statistics of a used database look like. */
function used(t: TestContext): Database {
  const db = freshDatabase(t)
  fillProject(db)
  db.sql(
    `INSERT INTO tasks (id, friendly_id, queue_id, position, tool_name, task_class, payload, status, timeout, created_at,
       updated_at, finished_at, review, error_type, attempt, claimed_at)
     WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
     SELECT 'tsk_' || i, 'A-' || i, 'que_1', i, 'run-bash', 'X', '{}',
       iif(i > 1950, 'queued', 'failed'), 60, 'now', 'now',
       iif(i > 1950, NULL, 'then'), iif(i > 1950, NULL, 'unreviewed'), iif(i > 1950, NULL, 'timeout'), NULL, NULL FROM n`,
  ).run()
  return db
}

function planOf({ sql }: Database, text: string): string[] {
  return sql(`EXPLAIN QUERY PLAN ${text}`)
    .all()
    .map(row => String(row.detail))
}

const hot: [string, string, RegExp][] = [
  ['the next claim', nextClaimable, /USING INDEX tasks_queued/],
  ['what is overdue', overdueTasks, /USING (COVERING )?INDEX tasks_to_stop/],
  ['what is stale', staleTasks, /USING (COVERING )?INDEX tasks_to_warn/],
  ['what is to be purged', oldTasks, /USING INDEX tasks_to_purge/],
  ['who works in a tree', holderOfTree, /USING INDEX attempts_by_tree/],
  ['what a lane has spent', spentInLane, /USING INDEX spending_by_queue/],
]
for (const analysed of [false, true]) {
  for (const [what, text, index] of hot) {
    test(`${what} is found by its index${analysed ? ', with statistics too' : ''}`, t => {
      const db = used(t)
      if (analysed) db.sql('ANALYZE').run()
      const plan = planOf(db, text).filter(line => !line.includes('json_each'))
      assert.match(plan.join('\n'), index)
      assert.doesNotMatch(plan.join('\n'), /SCAN|TEMP B-TREE/)
    })
  }
}

/** The statements that a store function prepares when it is called. */
function recorded(db: Database, run: (tasks: ReturnType<typeof tasksTable>) => unknown): string[] {
  const texts: string[] = []
  const sql: Database['sql'] = text => {
    texts.push(text)
    return db.sql(text)
  }
  run(tasksTable({ ...db, sql }))
  return texts
}

const page = { limit: 100, before: newest }
const lists: [string, Parameters<ReturnType<typeof tasksTable>['list']>[0]][] = [
  ['all tasks', page],
  ['the tasks of a lane', { ...page, queue_id: 'que_1' }],
  ['the queued tasks of a lane', { ...page, queue_id: 'que_1', status: 'queued' }],
  ['the running tasks', { ...page, status: 'running' }],
]
for (const [what, filter] of lists) {
  test(`${what} are listed by an index, newest first without sorting`, t => {
    const db = used(t)
    for (const text of recorded(db, tasks => tasks.list(filter))) {
      const plan = planOf(db, text).filter(line => /\bt\b|B-TREE/.test(line))
      assert.match(plan.join('\n'), /SEARCH t USING/)
      assert.doesNotMatch(plan.join('\n'), /SCAN|TEMP B-TREE/)
    }
  })
}

const lookups: [string, (tasks: ReturnType<typeof tasksTable>) => unknown][] = [
  ['by id or name', tasks => tasks.resolve('A-7')],
  ['by the beginning of its id', tasks => tasks.resolve('tsk_19')],
  ['with its lane', tasks => tasks.get('tsk_7')],
  ['by its key', tasks => tasks.byIdempotencyKey('que_1', 'k')],
  ['running in a lane', tasks => tasks.runningIn('que_1')],
  ['running anywhere', tasks => tasks.countRunning()],
  ['ahead of another in a lane', tasks => tasks.countAhead('tsk_1999', 'que_1', undefined, 'now')],
  ['queued in a lane', tasks => tasks.queuedIn('que_1')],
  ['due next in a lane', tasks => tasks.nextDue('que_1', 'now')],
  ['finished last in a lane', tasks => tasks.lastFinished('que_1', 5)],
  ['waiting for a limit', tasks => tasks.endLimits(['x'], 'now')],
  ['cost more', tasks => tasks.addCost('tsk_7', 1)],
  ['moved to the front', tasks => tasks.moveFirst('tsk_1999', 'now')],
  ['claimed', tasks => tasks.transition('tsk_7', { to: 'running', from: ['queued'], set: {} }, 'now')],
]
for (const [what, run] of lookups) {
  test(`a task is found ${what} without looking at the others`, t => {
    const db = used(t)
    for (const text of recorded(db, run)) {
      const plan = planOf(db, text).filter(line => !line.includes('json_each'))
      assert.doesNotMatch(plan.join('\n'), /SCAN|TEMP B-TREE/)
    }
  })
}
