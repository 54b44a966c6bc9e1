import { DatabaseSync } from 'node:sqlite'

/** Fills a lane with finished tasks, each with its attempt and its four rows of the audit log, in one transaction. */
export function addHistory(database: string, lane: string, size: number): void {
  const db = new DatabaseSync(database, { enableForeignKeyConstraints: true })
  // Ids are random, so every index is written all over: with room for it in memory that takes seconds less.
  db.exec('PRAGMA cache_size = -500000; BEGIN IMMEDIATE')
  db.prepare(insertTasks).run({ lane, size })
  db.exec(insertAttempts)
  db.exec(insertEvents)
  db.prepare('UPDATE queues SET last_number = ? WHERE name = ?').run(size, lane)
  db.exec('COMMIT; PRAGMA wal_checkpoint(TRUNCATE)')
  db.close()
}

/** They ran the day before yesterday, evenly spread; every twentieth failed. */
const insertTasks = `
  WITH RECURSIVE
    numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :size),
    runs (n, began, status) AS (
      SELECT n, julianday('now', '-2 days') + n * 1.0 / :size, iif(n % 20 = 0, 'failed', 'succeeded') FROM numbers),
    times (n, status, created, started, finished) AS (
      SELECT n, status, strftime('%FT%H:%M:%fZ', began), strftime('%FT%H:%M:%fZ', began, '+0.02 seconds'),
        strftime('%FT%H:%M:%fZ', began, '+0.9 seconds') FROM runs)
  INSERT INTO tasks (id, friendly_id, queue_id, position, tool_name, task_class, payload, status, timeout, attempts,
    attempt, worker_id, created_at, updated_at, claimed_at, started_at, finished_at, result_summary, exit_code,
    error_type, error_message, review)
  SELECT 'tsk_' || lower(hex(randomblob(8))), task_prefix || '-' || n, id, n, 'run-bash', 'MEDIUM_SCRIPT',
    json_object('script_path', 'scripts/work.sh', 'args', json_array('step-' || n)), times.status, 600, 1,
    1, 'worker-bench', created, finished, started, started, finished,
    iif(times.status = 'succeeded', 'Task ' || n || ' is done.', NULL), times.status = 'failed',
    iif(times.status = 'failed', 'exit_code', NULL), iif(times.status = 'failed', 'Exited with 1.', NULL), 'unreviewed'
  FROM times JOIN queues ON name = :lane`

const insertAttempts = `
  INSERT INTO attempts (task_id, number, outcome, worker_id, claim_key, claimed_at, started_at, finished_at, exit_code,
    error_type, error_message, result_summary)
  SELECT id, 1, status, worker_id, 'mark_' || lower(hex(randomblob(10))), claimed_at, started_at, finished_at, exit_code,
    error_type, error_message, result_summary
  FROM tasks`

const insertEvents = `
  WITH events (step, name) AS (VALUES (1, 'enqueued'), (2, 'claimed'), (3, 'started'), (4, NULL))
  INSERT INTO audit_log (at, event, actor, queue_id, session_id, task_id, attempt)
  SELECT iif(step = 4, finished_at, started_at), 'task.' || coalesce(events.name, tasks.status), 'bench', queue_id,
    session_id, tasks.id, 1
  FROM tasks JOIN queues ON queues.id = queue_id CROSS JOIN events
  ORDER BY tasks.seq, step`
