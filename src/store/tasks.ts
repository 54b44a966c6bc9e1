import type { Task, TaskStatus, WaitReason } from '../contract/tasks.ts'
import type { Database, Row } from './database.ts'
import { keyset, type Listing } from './listing.ts'
import { questionsOfTask } from './questions.ts'

export type NewTask = {
  id: string
  friendly_id: string
  queue_id: string
  tool_name: string
  task_class: string
  payload: string
  timeout: number
  max_attempts: number
  not_before: string | null
  requeued_from: string | null
  idempotency_key: string | null
  now: string
}

/** Columns that a transition may set beside the status. `null` clears one. */
export type TaskChange = Partial<
  Record<
    | 'worker_id'
    | 'claimed_at'
    | 'started_at'
    | 'finished_at'
    | 'warns_at'
    | 'stops_at'
    | 'stale_warned_at'
    | 'stalled_at'
    | 'cancel_requested_at'
    | 'not_before'
    | 'wait_reason'
    | 'result_summary'
    | 'result_data'
    | 'signal'
    | 'error_type'
    | 'error_message'
    | 'error_detail'
    | 'review',
    string | null
  > &
    Record<'attempt' | 'attempts' | 'exit_code' | 'needs_review', number | null>
>

/** A transition: to which status, from which ones, and (fencing) only while this attempt is the current one. */
export type TaskTransition = {
  to: TaskStatus
  from: readonly TaskStatus[]
  attempt?: number | null
  set: TaskChange
}

export type TaskFilter = {
  queue_id?: string | undefined
  session_id?: string | undefined
  status?: TaskStatus | undefined
  tool_name?: string | undefined
  review?: string | undefined
  q?: string | undefined
}

const columns = 't.*, q.name AS queue_name, s.id AS session_id, s.name AS session_name'
const from = 'FROM tasks t JOIN queues q ON q.id = t.queue_id JOIN sessions s ON s.id = q.session_id'

/**
 * What is in line in a lane, the first of which a claim takes. A task that its user delayed is skipped until it is due. One that came back (`wait_reason`)
 * holds the lane, but for a question; the lane's `on_wait` may say otherwise.
 */
const inLine = `
  queue_id = :queue_id AND status = 'queued'
    AND (not_before IS NULL OR not_before <= :now OR (wait_reason IS NOT NULL AND :on_wait IS NOT 'skip'))
    AND (wait_reason IS NULL OR wait_reason <> 'question' OR :on_wait IS 'block')
    AND tool_name NOT IN (SELECT value FROM json_each(:passed))`
export const nextClaimable = `
  SELECT id, friendly_id, tool_name, timeout, not_before, wait_reason, attempts, attempt FROM tasks
  WHERE ${inLine} ORDER BY position LIMIT 1`

export type OnWait = 'block' | 'skip' | undefined

export type Claimable = {
  id: string
  friendly_id: string
  tool_name: string
  timeout: number
  not_before: string | null
  wait_reason: WaitReason | null
  attempts: number
  attempt: number | null
}

export const overdueTasks = `SELECT id FROM tasks INDEXED BY tasks_to_stop WHERE status = 'running' AND stops_at <= ? ORDER BY stops_at`
export const staleTasks = `
  SELECT id FROM tasks INDEXED BY tasks_to_warn WHERE status = 'running' AND stale_warned_at IS NULL AND warns_at <= ? ORDER BY warns_at`
export const oldTasks = `
  SELECT id, queue_id FROM tasks WHERE finished_at IS NOT NULL AND finished_at < :before
    AND NOT (:keep_unreviewed AND review = 'unreviewed' AND needs_review) ORDER BY finished_at LIMIT :limit`

export function tasksTable(db: Database) {
  const { sql } = db
  const ids = (text: string, ...values: (string | number)[]): string[] =>
    sql(text)
      .all(...values)
      .map(row => String(row.id))

  return {
    insert: (task: NewTask): void => {
      sql(
        `INSERT INTO tasks (id, friendly_id, queue_id, position, tool_name, task_class, payload, status, timeout, max_attempts,
           not_before, requeued_from, idempotency_key, created_at, updated_at)
         VALUES (:id, :friendly_id, :queue_id, 1 + coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'tasks'), 0),
           :tool_name, :task_class, :payload, 'queued', :timeout, :max_attempts,
           :not_before, :requeued_from, :idempotency_key, :now, :now)`,
      ).run(task)
    },

    get: (id: string): Task | undefined => {
      const row = sql(`SELECT ${columns}, q.instructions AS queue_instructions ${from} WHERE t.id = ?`).get(
        id,
      )
      return row && { ...toTask(row as Row), questions: questionsOfTask(db, id) }
    },

    /** Those of them that are there, in this order. */
    getMany: (wanted: readonly string[]): Task[] => {
      const rows = sql(`SELECT ${columns} ${from} WHERE t.id IN (SELECT value FROM json_each(?))`).all(
        JSON.stringify(wanted),
      ) as Row[]
      const found = new Map(rows.map(row => [String(row.id), toTask(row)]))
      return wanted.flatMap(id => found.get(id) ?? [])
    },

    /** @returns the ids of at most two tasks that `ref` may mean */
    resolve: (ref: string): string[] => {
      const exact = ids('SELECT id FROM tasks WHERE id = ?1 OR friendly_id = ?2', ref, ref.toUpperCase())
      if (exact.length > 0 || !ref.startsWith('tsk_')) return exact
      return ids(`SELECT id FROM tasks WHERE id > ?1 AND id < ?1 || '~' ORDER BY id LIMIT 2`, ref)
    },

    list: (filter: TaskFilter & Listing): { rows: Task[]; last: number } => {
      const where = ['t.seq < :before']
      const values: Row = { before: filter.before, limit: filter.limit }
      for (const key of ['queue_id', 'session_id', 'status', 'tool_name', 'review'] as const) {
        if (filter[key] === undefined) continue
        where.push(`${key === 'session_id' ? 'q' : 't'}.${key} = :${key}`)
        values[key] = filter[key]
      }
      if (filter.q !== undefined) {
        where.push(
          `(instr(fold(t.friendly_id), :q) OR instr(fold(t.payload), :json_q) OR instr(fold(t.result_summary), :q)
            OR instr(fold(t.error_message), :q) OR instr(fold(t.error_detail), :q))`,
        )
        // The payload is kept as JSON: what is looked for stands in it as JSON writes it.
        values.json_q = JSON.stringify(filter.q).slice(1, -1).toLowerCase()
        values.q = filter.q.toLowerCase()
      }
      const rows = sql(
        `SELECT ${columns} ${from} WHERE ${where.join(' AND ')} ORDER BY t.seq DESC LIMIT :limit`,
      ).all(values) as Row[]
      return keyset(rows, toTask)
    },

    /** @param passed the tools whose tasks let others pass now */
    nextClaimable: (
      queue_id: string,
      on_wait: OnWait,
      now: string,
      passed: readonly string[],
    ): Claimable | undefined =>
      sql(nextClaimable).get({
        queue_id,
        on_wait: on_wait ?? null,
        now,
        passed: JSON.stringify(passed),
      }) as Claimable | undefined,

    /** How many tasks are in line before this one. */
    countAhead: (id: string, queue_id: string, on_wait: OnWait, now: string): number =>
      Number(
        sql(
          `SELECT count(*) AS n FROM tasks WHERE ${inLine} AND position < (SELECT position FROM tasks WHERE id = :id)`,
        ).get({ id, queue_id, on_wait: on_wait ?? null, now, passed: '[]' })?.n,
      ),

    /** When the next delayed task of the queue is due; null when none waits for a time. */
    nextDue: (queue_id: string, now: string): string | null => {
      const row = sql(
        `SELECT min(not_before) AS due FROM tasks WHERE queue_id = :queue_id AND status = 'queued' AND not_before > :now`,
      ).get({ queue_id, now })
      return (row?.due ?? null) as string | null
    },

    /** The only writer of a task's status. @returns whether the task was where `from` and `attempt` ask it to be */
    transition: (id: string, { to, from, attempt, set }: TaskTransition, now: string): boolean => {
      const sets = Object.keys(set).map(column => `, ${column} = :${column}`)
      const fence = attempt === undefined ? '' : ' AND attempt IS :fence'
      const { changes } = sql(
        `UPDATE tasks SET status = :to, updated_at = :now${sets.join('')}
         WHERE id = :id AND status IN (SELECT value FROM json_each(:from))${fence}`,
      ).run({
        id,
        to,
        from: JSON.stringify(from),
        now,
        ...set,
        ...(attempt === undefined ? {} : { fence: attempt }),
      })
      return changes === 1
    },

    edit: (
      id: string,
      change: { payload: string; timeout: number; not_before: string | null; now: string },
    ) =>
      sql(
        'UPDATE tasks SET payload = :payload, timeout = :timeout, not_before = :not_before, updated_at = :now WHERE id = :id',
      ).run({ id, ...change }),

    /** What it waited for has come. */
    waitNoMore: (id: string, now: string) =>
      sql('UPDATE tasks SET wait_reason = NULL, updated_at = :now WHERE id = :id').run({ id, now }),

    moveFirst: (id: string, now: string) =>
      sql(
        `UPDATE tasks SET updated_at = :now, position = -1 + (SELECT min(position) FROM tasks AS other
           WHERE other.queue_id = tasks.queue_id AND other.status IN ('queued', 'running')) WHERE id = :id`,
      ).run({ id, now }),

    addCost: (id: string, usd: number) =>
      sql('UPDATE tasks SET cost_usd = coalesce(cost_usd, 0) + ? WHERE id = ?').run(usd, id),

    /** How many tasks are queued for each tool. */
    queuedByTool: (): { tool_name: string; count: number }[] =>
      sql(
        `SELECT tool_name, count(*) AS count FROM tasks INDEXED BY tasks_by_status WHERE status = 'queued' GROUP BY tool_name`,
      ).all() as { tool_name: string; count: number }[],

    /** What waits for a limit of these tools' provider is due. */
    endLimits: (tools: readonly string[], now: string) =>
      sql(
        `UPDATE tasks INDEXED BY tasks_by_status SET not_before = NULL, updated_at = :now
         WHERE status = 'queued' AND wait_reason = 'limit' AND not_before IS NOT NULL
           AND tool_name IN (SELECT value FROM json_each(:tools))`,
      ).run({ now, tools: JSON.stringify(tools) }),

    markStarted: (id: string, now: string) =>
      sql('UPDATE tasks SET started_at = :now, updated_at = :now WHERE id = :id').run({ id, now }),

    markStale: (id: string, now: string) =>
      sql('UPDATE tasks SET stale_warned_at = :now, updated_at = :now WHERE id = :id').run({ id, now }),

    markStalled: (id: string, since: string | null, now: string) =>
      sql('UPDATE tasks SET stalled_at = :since, updated_at = :now WHERE id = :id').run({ id, since, now }),

    requestCancel: (id: string, now: string) =>
      sql('UPDATE tasks SET cancel_requested_at = :now, updated_at = :now WHERE id = :id').run({ id, now }),

    review: (
      id: string,
      change: { review: string; review_note: string | null; reviewed_at: string | null; now: string },
    ) =>
      sql(
        `UPDATE tasks SET review = :review, review_note = :review_note, reviewed_at = :reviewed_at, updated_at = :now WHERE id = :id`,
      ).run({ id, ...change }),

    countUnreviewed: (): number =>
      Number(sql(`SELECT count(*) AS n FROM tasks WHERE needs_review AND review = 'unreviewed'`).get()?.n),

    /** How many tasks run, over all lanes. */
    countRunning: (): number =>
      Number(
        sql(`SELECT count(*) AS n FROM tasks INDEXED BY tasks_by_status WHERE status = 'running'`).get()?.n,
      ),

    anyOf: (tool_name: string): boolean =>
      sql('SELECT 1 FROM tasks WHERE tool_name = ? LIMIT 1').get(tool_name) !== undefined,

    /** How many unfinished tasks are for a tool, and the friendly id of the oldest. */
    unfinishedOf: (tool_name: string): { count: number; first: string | null } => {
      const row = sql(
        `SELECT count(*) AS count, friendly_id AS first, min(seq) FROM tasks INDEXED BY tasks_by_status
         WHERE status IN ('queued', 'running') AND tool_name = ?`,
      ).get(tool_name) as Row
      return { count: Number(row.count), first: row.first as string | null }
    },

    byIdempotencyKey: (queue_id: string, key: string): string | undefined =>
      ids('SELECT id FROM tasks WHERE queue_id = ? AND idempotency_key = ?', queue_id, key)[0],

    runningIn: (queue_id: string): string[] =>
      ids(`SELECT id FROM tasks WHERE queue_id = ? AND status = 'running'`, queue_id),
    queuedIn: (queue_id: string): string[] =>
      ids(`SELECT id FROM tasks WHERE queue_id = ? AND status = 'queued'`, queue_id),
    /** The last tasks of a lane that are over, the oldest of them first. */
    lastFinished: (queue_id: string, limit: number): Task[] =>
      (
        sql(
          `SELECT ${columns} ${from} WHERE t.queue_id = ? AND t.finished_at IS NOT NULL ORDER BY t.seq DESC LIMIT ?`,
        ).all(queue_id, limit) as Row[]
      )
        .map(toTask)
        .reverse(),
    allIn: (queue_id: string): string[] => ids('SELECT id FROM tasks WHERE queue_id = ?', queue_id),
    stale: (now: string): string[] => ids(staleTasks, now),
    overdue: (now: string): string[] => ids(overdueTasks, now),
    finishedBefore: (before: string, keepUnreviewed: boolean, limit: number) =>
      sql(oldTasks).all({ before, keep_unreviewed: keepUnreviewed ? 1 : 0, limit }) as {
        id: string
        queue_id: string
      }[],

    remove: (id: string) => sql('DELETE FROM tasks WHERE id = ?').run(id),
  }
}

function toTask(row: Row): Task {
  const {
    id,
    friendly_id,
    seq,
    position,
    queue_id,
    queue_name,
    queue_instructions,
    session_id,
    session_name,
    payload,
    result_data,
    needs_review,
    ...task
  } = row
  const queue = { id: queue_id, name: queue_name }
  return {
    id,
    friendly_id,
    queue: queue_instructions === undefined ? queue : { ...queue, instructions: queue_instructions },
    session: { id: session_id, name: session_name },
    ...task,
    payload: JSON.parse(String(payload)),
    result_data: result_data === null ? null : JSON.parse(String(result_data)),
    needs_review: needs_review === 1,
  } as unknown as Task
}
