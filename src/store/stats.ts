import type { Database, Row } from './database.ts'
import type { Whose } from './review.ts'

/** The finished tasks of one tool in one lane. Durations in milliseconds, in no order. */
export type FinishedGroup = {
  queue_id: string
  queue_name: string
  tool_name: string
  succeeded: number
  failed: number
  cancelled: number
  retried: number
  work: number
  runs: number[]
  waits: number[]
}

const ms = (from: string, to: string) =>
  `CAST(round(1000 * max(0, unixepoch(${to}, 'subsec') - unixepoch(${from}, 'subsec'))) AS INTEGER)`

/**
 * One row for each lane and tool, with all durations as one text: a hundred thousand rows of their own would take ten
 * times as long to hand over. Attempts before the last one are few: only tasks that were tried again are looked up.
 */
export const finishedGroups = `
  WITH finished AS (
    SELECT queue_id, tool_name, status, error_type, attempt,
      ${ms('coalesce(started_at, claimed_at)', 'finished_at')} AS run,
      iif(attempt = 1, ${ms('created_at', 'claimed_at')}, NULL) AS wait,
      iif(attempt > 1, (SELECT sum(${ms('coalesce(a.started_at, a.claimed_at)', 'a.finished_at')}) FROM attempts a
        WHERE a.task_id = tasks.id AND a.number < tasks.attempt), 0) AS before
    FROM tasks INDEXED BY tasks_to_purge
    WHERE finished_at IS NOT NULL AND finished_at >= :since AND (:queue_id IS NULL OR queue_id = :queue_id))
  SELECT q.id AS queue_id, q.name AS queue_name, tool_name,
    count(*) FILTER (WHERE f.status = 'succeeded') AS succeeded,
    count(*) FILTER (WHERE f.error_type <> 'cancelled') AS failed,
    count(*) FILTER (WHERE f.error_type = 'cancelled') AS cancelled,
    count(*) FILTER (WHERE f.attempt > 1) AS retried,
    coalesce(sum(run), 0) + coalesce(sum(before), 0) AS work,
    json_group_array(run) FILTER (WHERE run IS NOT NULL) AS runs,
    json_group_array(wait) FILTER (WHERE wait IS NOT NULL) AS waits
  FROM finished f JOIN queues q ON q.id = f.queue_id
  WHERE :session_id IS NULL OR q.session_id = :session_id
  GROUP BY q.seq, tool_name`

export function statsTables({ sql }: Database) {
  return {
    finished: (filter: Whose & { since: string }): FinishedGroup[] =>
      (sql(finishedGroups).all(filter) as Row[]).map(
        row =>
          ({
            ...row,
            runs: JSON.parse(String(row.runs)),
            waits: JSON.parse(String(row.waits)),
          }) as unknown as FinishedGroup,
      ),
  }
}
