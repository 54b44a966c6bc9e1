import type { Runner } from '../contract/runners.ts'
import type { Database, Row } from './database.ts'

export type NewRunner = {
  id: string
  queue_id: string
  worker_id: string
  mode: string
  process: string
  remote: number
  supervisor: string | null
  now: string
}

/** Whether it is lost is not kept: that is asked of the moment. */
export type StoredRunner = Omit<Runner, 'lost'>

const select = `
  SELECT r.*, q.name AS queue_name,
    (SELECT t.id FROM tasks t JOIN attempts a ON a.task_id = t.id AND a.number = t.attempt
     WHERE t.queue_id = r.queue_id AND t.status = 'running' AND a.runner_id IS NOT NULL LIMIT 1) AS task_id
  FROM runners r JOIN queues q ON q.id = r.queue_id`

export function runnersTable({ sql }: Database) {
  return {
    insert: (runner: NewRunner) =>
      sql(
        `INSERT INTO runners (queue_id, id, worker_id, mode, process, remote, supervisor, started_at, heartbeat_at)
         VALUES (:queue_id, :id, :worker_id, :mode, :process, :remote, :supervisor, :now, :now)`,
      ).run(runner),

    get: (id: string): StoredRunner | undefined => {
      const row = sql(`${select} WHERE r.id = ?`).get(id)
      return row && toRunner(row as Row)
    },

    ofQueue: (queue_id: string): StoredRunner | undefined => {
      const row = sql(`${select} WHERE r.queue_id = ?`).get(queue_id)
      return row && toRunner(row as Row)
    },

    list: (): StoredRunner[] => (sql(`${select} ORDER BY r.started_at`).all() as Row[]).map(toRunner),

    beat: (id: string, now: string): boolean =>
      sql('UPDATE runners SET heartbeat_at = ? WHERE id = ?').run(now, id).changes === 1,

    /** One that is to go stays so: asked twice, the first time counts. */
    requestStop: (id: string, now: string) =>
      sql('UPDATE runners SET stop_requested_at = coalesce(stop_requested_at, ?) WHERE id = ?').run(now, id),

    /** Counts an attempt, if a runner executed it, for the one that holds the lane and so brought it to its end. */
    countDone: (queue_id: string, task_id: string, attempt: number) =>
      sql(
        `UPDATE runners SET done = done + 1 WHERE queue_id = ?1
           AND EXISTS (SELECT 1 FROM attempts WHERE task_id = ?2 AND number = ?3 AND runner_id IS NOT NULL)`,
      ).run(queue_id, task_id, attempt),

    /** Those that have work and wait for a place under `limits.max_running`. */
    waiting: (): StoredRunner[] =>
      (sql(`${select} WHERE r.waiting_since IS NOT NULL`).all() as Row[]).map(toRunner),

    /** It waits for a place, as it may have done before. */
    waits: (id: string, now: string) =>
      sql(
        'UPDATE runners SET waiting_since = coalesce(waiting_since, :now), heartbeat_at = :now WHERE id = :id',
      ).run({ id, now }),

    misses: (id: string, missing: string) =>
      sql('UPDATE runners SET missing = ? WHERE id = ?').run(missing, id),

    waitsNoMore: (id: string) => sql('UPDATE runners SET waiting_since = NULL WHERE id = ?').run(id),

    remove: (id: string) => sql('DELETE FROM runners WHERE id = ?').run(id),
  }
}

function toRunner(row: Row): StoredRunner {
  const { queue_id, queue_name, process, remote, supervisor, missing, ...runner } = row
  return {
    ...runner,
    queue: { id: queue_id, name: queue_name },
    process: JSON.parse(String(process)),
    remote: remote === 1,
    supervisor: supervisor === null ? null : JSON.parse(String(supervisor)),
    missing: JSON.parse(String(missing)),
  } as unknown as StoredRunner
}
