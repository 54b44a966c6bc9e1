import type { Queue, QueueCounts, QueueStatus } from '../contract/queues.ts'
import type { Database, Row } from './database.ts'
import { keyset, type Listing, toCounts } from './listing.ts'

export type NewQueue = {
  id: string
  session_id: string
  name: string
  name_key: string
  task_prefix: string
  instructions: string | null
  status: QueueStatus
  settings: string
  now: string
}

/** Columns that a transition may set beside the status. */
export type QueueChange = {
  archived_from?: QueueStatus | null
  pause_reason?: string | null
  paused_by?: string | null
  resume_at?: string | null
  ended_at?: string | null
  archived_at?: string | null
  budget_from?: string
}

const columns = `q.*, s.name AS session_name,
  (SELECT json_group_object(c.status, c.count) FROM queue_counts c WHERE c.queue_id = q.id) AS counts`
const from = 'FROM queues q JOIN sessions s ON s.id = q.session_id'

export function queuesTable({ sql }: Database) {
  return {
    insert: (queue: NewQueue) =>
      sql(
        `INSERT INTO queues (id, session_id, name, name_key, task_prefix, instructions, status, settings, created_at, updated_at)
         VALUES (:id, :session_id, :name, :name_key, :task_prefix, :instructions, :status, :settings, :now, :now)`,
      ).run(queue),

    find: (idOrKey: string): Queue | undefined => {
      const row = sql(`SELECT ${columns} ${from} WHERE q.id = :it OR q.name_key = :it`).get({ it: idOrKey })
      return row && toQueue(row as Row)
    },

    hasPrefix: (task_prefix: string): boolean =>
      sql('SELECT 1 FROM queues WHERE task_prefix = ?').get(task_prefix) !== undefined,

    names: (): string[] =>
      sql('SELECT name FROM queues ORDER BY seq')
        .all()
        .map(row => String(row.name)),

    /** The names of lanes that can still take tasks and have this tool as their default, the oldest first. */
    withDefaultTool: (tool: string): string[] =>
      sql(
        `SELECT name FROM queues WHERE ended_at IS NULL AND json_extract(settings, '$.default_tool') = ? ORDER BY seq`,
      )
        .all(tool)
        .map(row => String(row.name)),

    list: (
      filter: Listing & {
        session_id?: string | undefined
        status?: QueueStatus | undefined
        archived?: boolean | undefined
      },
    ): { rows: Queue[]; last: number } => {
      const rows = sql(
        `SELECT ${columns} ${from}
         WHERE q.seq < :before AND (:session_id IS NULL OR q.session_id = :session_id)
           AND (:status IS NULL OR q.status = :status)
           AND (:archived OR :status = 'archived' OR q.status <> 'archived')
         ORDER BY q.seq DESC LIMIT :limit`,
      ).all({
        before: filter.before,
        limit: filter.limit,
        session_id: filter.session_id ?? null,
        status: filter.status ?? null,
        archived: filter.archived ? 1 : 0,
      }) as Row[]
      return keyset(rows, toQueue)
    },

    update: (
      id: string,
      change: { name: string; name_key: string; instructions: string | null; settings: string; now: string },
    ) =>
      sql(
        `UPDATE queues SET name = :name, name_key = :name_key, instructions = :instructions, settings = :settings,
           updated_at = :now WHERE id = :id`,
      ).run({ id, ...change }),

    /** The only writer of a queue's status. @returns whether the queue was in one of the `from` states */
    transition: (
      id: string,
      to: QueueStatus,
      from: readonly QueueStatus[],
      change: QueueChange,
      now: string,
    ): boolean => {
      const sets = Object.keys(change).map(column => `, ${column} = :${column}`)
      const { changes } = sql(
        `UPDATE queues SET status = :to, updated_at = :now${sets.join('')}
         WHERE id = :id AND status IN (SELECT value FROM json_each(:from))`,
      ).run({ id, to, from: JSON.stringify(from), now, ...change })
      return changes === 1
    },

    /** Whether the server's supervisor is to keep a runner on it; null: as it was told for all. */
    wantRunner: (id: string, wanted: 'on' | 'off' | null, now: string) =>
      sql('UPDATE queues SET runner_wanted = ?, updated_at = ? WHERE id = ?').run(wanted, now, id),

    withRunnerWanted: (): string[] =>
      sql('SELECT id FROM queues WHERE runner_wanted IS NOT NULL')
        .all()
        .map(row => String(row.id)),

    /** Since when a person has it spend again, after it had spent too much. */
    budgetFrom: (id: string): string | null =>
      (sql('SELECT budget_from FROM queues WHERE id = ?').get(id)?.budget_from ?? null) as string | null,

    archivedFrom: (id: string): QueueStatus | null =>
      (sql('SELECT archived_from FROM queues WHERE id = ?').get(id)?.archived_from ??
        null) as QueueStatus | null,

    dueToResume: (now: string): string[] =>
      sql(`SELECT id FROM queues WHERE status = 'idle' AND resume_at IS NOT NULL AND resume_at <= ?`)
        .all(now)
        .map(row => String(row.id)),

    /** @returns the number of the queue's next task */
    nextNumber: (id: string): number =>
      Number(
        sql('UPDATE queues SET last_number = last_number + 1 WHERE id = ? RETURNING last_number').get(id)
          ?.last_number,
      ),

    countByStatus: (): Record<string, number> =>
      toCounts(sql('SELECT status, count(*) AS count FROM queues GROUP BY status').all() as Row[]),

    /** All tasks by status, from the kept counts. */
    countTasks: (): Record<string, number> =>
      toCounts(sql('SELECT status, sum(count) AS count FROM queue_counts GROUP BY status').all() as Row[]),

    remove: (id: string) => sql('DELETE FROM queues WHERE id = ?').run(id),
  }
}

const noTasks: QueueCounts = { queued: 0, running: 0, succeeded: 0, failed: 0 }

function toQueue(row: Row): Queue {
  const {
    seq,
    name_key,
    last_number,
    archived_from,
    budget_from,
    session_id,
    session_name,
    settings,
    counts,
    ...queue
  } = row
  return {
    ...queue,
    session: { id: session_id, name: session_name },
    settings: JSON.parse(String(settings)),
    counts: { ...noTasks, ...JSON.parse(String(counts)) },
  } as unknown as Queue
}
