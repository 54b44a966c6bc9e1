import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  addQueue,
  addTask,
  failed,
  fillProject,
  freshDatabase,
  running,
  succeeded,
  type Values,
} from './support.ts'

test('possible tasks are taken', t => {
  const db = freshDatabase(t)
  fillProject(db)
  for (const [n, values] of [{}, running, succeeded, failed, { wait_reason: 'retry' }].entries()) {
    addTask(db, { friendly_id: `A-${n + 1}`, ...values })
  }
})

const impossible: [string, Values][] = [
  ['of an unknown status', { status: 'done' }],
  ['without a queue', { queue_id: 'que_nowhere' }],
  ['without time', { timeout: 0 }],
  ['with half a second', { timeout: 0.5 }],
  ['that may never be tried', { max_attempts: 0 }],
  ['tried less than never', { attempts: -1 }],
  ['that waits for a reason nobody knows', { wait_reason: 'mood' }],
  ['that runs and waits', { ...running, wait_reason: 'retry' }],
  ['that runs but was not claimed', { ...running, claimed_at: null }],
  ['that runs without an attempt', { ...running, attempt: null }],
  [
    'that runs and is finished',
    { ...running, finished_at: '2026-03-01T12:00:00.000Z', review: 'unreviewed' },
  ],
  ['that is queued and has failed', { error_type: 'timeout' }],
  ['that succeeded and failed', { ...succeeded, error_type: 'timeout' }],
  ['that succeeded with a blank summary', { ...succeeded, result_summary: ' ' }],
  ['that succeeded without a summary', { ...succeeded, result_summary: null }],
  ['that succeeded but is not finished', { ...succeeded, finished_at: null }],
  ['that succeeded and cannot be reviewed', { ...succeeded, review: null }],
  ['that failed for no reason', { ...failed, error_type: null }],
  ['that failed for an unknown reason', { ...failed, error_type: 'bad luck' }],
  ['that failed but is not finished', { ...failed, finished_at: null }],
  ['whose review is over before the task is', { review: 'accepted' }],
  ['that needs half a review', { needs_review: 2 }],
]
for (const [what, values] of impossible) {
  test(`a task ${what} is refused by the database`, t => {
    const db = freshDatabase(t)
    fillProject(db)
    assert.throws(() => addTask(db, values), /constraint|cannot store/)
  })
}

test('two tasks of a lane cannot have the same key, nor any two the same name', t => {
  const db = freshDatabase(t)
  fillProject(db)
  addQueue(db, 'que_2')
  addTask(db, { friendly_id: 'A-1', idempotency_key: 'k' })
  addTask(db, { friendly_id: 'A-2', idempotency_key: 'k', queue_id: 'que_2' })
  assert.throws(() => addTask(db, { friendly_id: 'A-3', idempotency_key: 'k' }), /UNIQUE/)
  assert.throws(() => addTask(db, { friendly_id: 'A-1', id: 'tsk_other' }), /UNIQUE/)
})

test('a lane is archived from somewhere, and a lane of no session is none', t => {
  const db = freshDatabase(t)
  fillProject(db)
  assert.throws(() => addQueue(db, 'que_2', { status: 'archived' }), /CHECK/)
  assert.throws(() => addQueue(db, 'que_2', { status: 'active', archived_from: 'idle' }), /CHECK/)
  assert.throws(() => addQueue(db, 'que_2', { status: 'archived', archived_from: 'archived' }), /CHECK/)
  assert.throws(() => addQueue(db, 'que_2', { session_id: 'ses_nowhere' }), /FOREIGN KEY/)
})

test('an attempt is over exactly when it has an outcome, and a claim key is used once', t => {
  const db = freshDatabase(t)
  fillProject(db)
  addTask(db, running)
  const add = (number: number, outcome: string | null, finished: string | null, key: string | null) =>
    db
      .sql(
        'INSERT INTO attempts (task_id, number, outcome, finished_at, claimed_at, claim_key) VALUES (?, ?, ?, ?, ?, ?)',
      )
      .run('tsk_A-1', number, outcome, finished, 'now', key)
  add(1, null, null, 'k')
  assert.throws(() => add(2, 'succeeded', null, null), /CHECK/)
  assert.throws(() => add(2, null, 'now', null), /CHECK/)
  assert.throws(() => add(2, null, null, 'k'), /UNIQUE/)
  assert.throws(() => add(1, null, null, null), /UNIQUE/)
})

test('a lane has one lease', t => {
  const db = freshDatabase(t)
  fillProject(db)
  const lease = (id: string) =>
    db
      .sql(
        `INSERT INTO runners (queue_id, id, worker_id, mode, process, started_at, heartbeat_at)
           VALUES ('que_1', ?, 'w', 'run', '{}', 'now', 'now')`,
      )
      .run(id)
  lease('run_1')
  assert.throws(() => lease('run_2'), /UNIQUE/)
})

test('the number of an event never comes back, even when the last one is removed', t => {
  const db = freshDatabase(t)
  const append = () =>
    Number(
      db
        .sql(`INSERT INTO audit_log (at, event, actor) VALUES ('now', 'config.loaded', 'me') RETURNING seq`)
        .get()?.seq,
    )
  const last = append()
  db.sql('DELETE FROM audit_log').run()
  assert.equal(append(), last + 1)
})

test('the number of a task never comes back', t => {
  const db = freshDatabase(t)
  fillProject(db)
  addTask(db, {})
  const seq = () => Number(db.sql('SELECT max(seq) AS seq FROM tasks').get()?.seq)
  const first = seq()
  db.sql('DELETE FROM tasks').run()
  addTask(db, {})
  assert.equal(seq(), first + 1)
})
