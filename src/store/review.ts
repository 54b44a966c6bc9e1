import type { QueueStatus } from '../contract/queues.ts'
import type { Database, Row } from './database.ts'

/** Whose tasks; null: all. */
export type Whose = { queue_id: string | null; session_id: string | null }

/** What happened in a lane in a stretch of the audit log, and how it is now. */
export type LaneRow = {
  id: string
  name: string
  status: QueueStatus
  pause_reason: string | null
  resume_at: string | null
  succeeded: number
  failed: number
  cancelled: number
  work_seconds: number
  cost_usd: number
  queued: number
  running: number
  waiting: number
}

export type ToReview = Whose & {
  /** Only those that finished after this event; null: however long ago. */
  after: number | null
  /** Those that finished after this event and need no decision, too; null: none. */
  others: number | null
}

const whose = `(:queue_id IS NULL OR q.id = :queue_id) AND (:session_id IS NULL OR q.session_id = :session_id)`

/** A task ends once, so its last events count it. What was purged is counted too, though its time is not known any more. */
export const happenedSince = `
  SELECT e.queue_id AS id,
    count(*) FILTER (WHERE e.event = 'task.succeeded') AS succeeded,
    count(*) FILTER (WHERE e.event = 'task.failed' AND e.data ->> '$.error_type' IS NOT 'cancelled') AS failed,
    count(*) FILTER (WHERE e.event = 'task.failed' AND e.data ->> '$.error_type' IS 'cancelled') AS cancelled,
    coalesce(sum(max(0, unixepoch(a.finished_at, 'subsec') - unixepoch(coalesce(a.started_at, a.claimed_at), 'subsec'))), 0)
      AS work_seconds,
    coalesce(sum(w.cost_usd), 0) AS cost_usd
  FROM audit_log e LEFT JOIN attempts a ON a.task_id = e.task_id AND a.number = e.attempt
    LEFT JOIN spending w ON w.task_id = e.task_id AND w.attempt = e.attempt
  WHERE e.seq > :after AND e.seq <= :upto AND e.event IN ('task.succeeded', 'task.failed', 'task.returned')
  GROUP BY e.queue_id`

const lanes = `
  SELECT q.id, q.name, q.status, q.pause_reason, q.resume_at,
    coalesce(h.succeeded, 0) AS succeeded, coalesce(h.failed, 0) AS failed, coalesce(h.cancelled, 0) AS cancelled,
    coalesce(h.work_seconds, 0) AS work_seconds, coalesce(h.cost_usd, 0) AS cost_usd,
    coalesce((SELECT count FROM queue_counts c WHERE c.queue_id = q.id AND c.status = 'queued'), 0) AS queued,
    coalesce((SELECT count FROM queue_counts c WHERE c.queue_id = q.id AND c.status = 'running'), 0) AS running,
    (SELECT count(*) FROM tasks INDEXED BY tasks_queued
      WHERE queue_id = q.id AND status = 'queued' AND wait_reason = 'question') AS waiting
  FROM queues q LEFT JOIN (${happenedSince}) h ON h.id = q.id
  WHERE ${whose} ORDER BY q.seq`

/** The ids of what is to be reviewed. */
function toReview({ after, others }: ToReview): string {
  const finished = (seq: string) =>
    `SELECT task_id FROM audit_log WHERE seq > ${seq} AND event IN ('task.succeeded', 'task.failed')`
  const needing = `SELECT id FROM tasks WHERE needs_review AND review = 'unreviewed'`
  const wanted = others === null ? needing : `${needing} UNION ${finished(':others')}`
  return `
    FROM tasks t JOIN queues q ON q.id = t.queue_id
    WHERE t.id IN (${wanted}) AND t.review = 'unreviewed' AND ${whose}
      ${after === null ? '' : `AND t.id IN (${finished(':after')})`}`
}

function valuesOf({ after, others, queue_id, session_id }: ToReview): Row {
  return {
    queue_id,
    session_id,
    ...(after === null ? {} : { after }),
    ...(others === null ? {} : { others }),
  }
}

export function reviewTables({ sql }: Database) {
  return {
    lanes: (filter: Whose & { after: number; upto: number }): LaneRow[] =>
      sql(lanes).all(filter) as LaneRow[],

    count: (filter: ToReview): number =>
      Number(sql(`SELECT count(*) AS n ${toReview(filter)}`).get(valuesOf(filter))?.n),

    /** In the order they finished, those behind `from`. */
    list: (
      filter: ToReview,
      from: { finished_at: string; seq: number },
      limit: number,
    ): { id: string; seq: number; finished_at: string }[] =>
      sql(
        `SELECT t.id, t.seq, t.finished_at ${toReview(filter)} AND (t.finished_at, t.seq) > (:from_at, :from_seq)
         ORDER BY t.finished_at, t.seq LIMIT :limit`,
      ).all({ ...valuesOf(filter), from_at: from.finished_at, from_seq: from.seq, limit }) as {
        id: string
        seq: number
        finished_at: string
      }[],
  }
}
