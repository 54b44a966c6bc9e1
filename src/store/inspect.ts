import type { DatabaseSync } from 'node:sqlite'
import type { AgentName, Provider } from '../contract/agents.ts'
import type { ProcessIdentity } from '../contract/attempts.ts'
import type { QueueCounts, QueueStatus } from '../contract/queues.ts'
import type { Override } from '../contract/settings.ts'
import type { Row } from './database.ts'
import { toCounts } from './listing.ts'
import { migrations } from './migrations.ts'
import { openCopy, openToInspect } from './open.ts'
import { guard } from './trouble.ts'

/** The version of the databases that this SparkQ writes. */
export const databaseVersion = migrations.length

export type RunningAttempt = {
  task_id: string
  friendly_id: string
  queue: string
  number: number
  /** null: a worker outside has it. */
  runner_id: string | null
  claim_key: string | null
  process: ProcessIdentity | null
}
export type Lease = {
  queue_id: string
  queue: string
  process: ProcessIdentity
  remote: boolean
  heartbeat_at: string
}

/** A database as it is, of whatever version, looked at without changing anything of it. */
export type Inspection = ReturnType<typeof inspections>

/** @throws unusable and its like where it cannot be opened, or is not one of ours */
export const inspectDatabase = (file: string): Inspection => inspect(file, openToInspect)

/** The same for a copy: a file that nobody else has open. Nothing is made beside it. */
export const inspectCopy = (file: string): Inspection => inspect(file, openCopy)

function inspect(file: string, open: (file: string) => DatabaseSync): Inspection {
  return guard(file, () => inspections(file, open(file)))
}

function inspections(file: string, db: DatabaseSync) {
  const all = (text: string, ...values: (string | number)[]): Row[] =>
    guard(file, () => db.prepare(text).all(...values) as Row[])
  const one = (text: string, ...values: (string | number)[]): Row | undefined => all(text, ...values)[0]
  /** Empty where an older SparkQ did not have the table. */
  const allOf = (table: string, text: string): Row[] =>
    one(`SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?`, table) ? all(text) : []
  const strings = (rows: Row[]): string[] => rows.map(row => String(Object.values(row)[0]))

  return {
    version: (): number => Number(one('PRAGMA user_version')?.user_version),

    /**
     * What SQLite finds wrong with the file, its own words; empty when nothing is.
     * @param full also that every index has what its table has, which takes about twice as long
     */
    damage: ({ full }: { full: boolean }): string[] => {
      const lines = strings(all(full ? 'PRAGMA integrity_check(10)' : 'PRAGMA quick_check(10)'))
      return lines.length === 1 && lines[0] === 'ok' ? [] : lines
    },

    /** Tables in which rows point to rows that are not there, with how many. */
    strayRows: (): { table: string; rows: number }[] =>
      all('SELECT "table" AS name, count(*) AS n FROM pragma_foreign_key_check GROUP BY 1').map(row => ({
        table: String(row.name),
        rows: Number(row.n),
      })),

    /** Queues whose kept counts are not what its tasks come to. */
    wrongCounts: (): string[] =>
      strings(
        all(`SELECT DISTINCT coalesce(q.name, queue_id) FROM (
               SELECT queue_id FROM (
                 SELECT queue_id, status, count AS kept, 0 AS n FROM queue_counts
                 UNION ALL SELECT queue_id, status, 0, count(*) FROM tasks GROUP BY queue_id, status)
               GROUP BY queue_id, status HAVING sum(kept) <> sum(n))
             LEFT JOIN queues q ON q.id = queue_id ORDER BY 1`),
      ),

    counts: (): QueueCounts => ({
      ...{ queued: 0, running: 0, succeeded: 0, failed: 0 },
      ...toCounts(all('SELECT status, count(*) AS count FROM tasks GROUP BY status')),
    }),

    /** The newest event; of the last hundred the latest by the clock, too. */
    lastEvent: (): { seq: number; at: string; latest_at: string } | undefined => {
      const row =
        one(`SELECT seq, at, (SELECT max(at) FROM (SELECT at FROM audit_log ORDER BY seq DESC LIMIT 100)) AS latest_at
                       FROM audit_log ORDER BY seq DESC LIMIT 1`)
      return row && { seq: Number(row.seq), at: String(row.at), latest_at: String(row.latest_at) }
    },

    projectName: (): string | undefined => strings(all('SELECT name FROM projects LIMIT 1'))[0],
    taskIds: (): string[] => strings(all('SELECT id FROM tasks')),
    tasks: (): { id: string; friendly_id: string; is_finished: number }[] =>
      all('SELECT id, friendly_id, finished_at IS NOT NULL AS is_finished FROM tasks ORDER BY seq') as never,
    queueIds: (): string[] => strings(all('SELECT id FROM queues')),

    /** Whether an attempt of a task was executed here and has ended: it has output, be it empty. */
    wasExecuted: (id: string): boolean =>
      one(
        `SELECT 1 FROM attempts WHERE task_id = ? AND runner_id IS NOT NULL AND started_at IS NOT NULL AND outcome IS NOT NULL`,
        id,
      ) !== undefined,

    runningAttempts: (): RunningAttempt[] =>
      all(`SELECT t.id AS task_id, t.friendly_id, q.name AS queue, a.number, a.runner_id, a.claim_key, a.process
           FROM tasks t JOIN attempts a ON a.task_id = t.id AND a.number = t.attempt JOIN queues q ON q.id = t.queue_id
           WHERE t.status = 'running' ORDER BY t.seq`).map(row => ({
        ...row,
        process: parse(row.process),
      })) as unknown as RunningAttempt[],

    /** Which attempt bears a mark, and whether it is over. */
    attemptOf: (mark: string): { friendly_id: string; over: boolean } | undefined => {
      const row = one(
        `SELECT t.friendly_id, a.outcome FROM attempts a JOIN tasks t ON t.id = a.task_id WHERE a.claim_key = ?`,
        mark,
      )
      return row && { friendly_id: String(row.friendly_id), over: row.outcome !== null }
    },

    leases: (): Lease[] =>
      all(`SELECT r.queue_id, q.name AS queue, r.process, r.remote, r.heartbeat_at
           FROM runners r JOIN queues q ON q.id = r.queue_id ORDER BY q.seq`).map(row => ({
        ...row,
        process: parse(row.process),
        remote: row.remote === 1,
      })) as unknown as Lease[],

    overrides: (): Override[] =>
      all('SELECT namespace, key, value, updated_at FROM config ORDER BY namespace, key').map(row => ({
        ...row,
        value: parse(row.value),
      })) as unknown as Override[],

    /** The tools that count and have a command of their own, with its first word. */
    commands: (): { tool: string; program: string }[] =>
      all(`SELECT name AS tool, json_extract(settings, '$.command[0]') AS program FROM tools w
           WHERE hidden = 0 AND program IS NOT NULL
             AND (source = 'user' OR NOT EXISTS (SELECT 1 FROM tools o WHERE o.name = w.name AND o.source = 'user'))
           ORDER BY name`) as never,

    /** The tools that count and have an agent, with how many tasks are queued for each. */
    agentTools: (): { tool: string; agent: AgentName; queued: number }[] =>
      all(`SELECT name AS tool, json_extract(settings, '$.agent') AS agent,
             (SELECT count(*) FROM tasks t WHERE t.tool_name = w.name AND t.status = 'queued') AS queued
           FROM tools w
           WHERE hidden = 0 AND agent IS NOT NULL
             AND (source = 'user' OR NOT EXISTS (SELECT 1 FROM tools o WHERE o.name = w.name AND o.source = 'user'))
           ORDER BY name`) as never,

    /** Agents that take no work for now. */
    closedProviders: (): Pick<Provider, 'name' | 'status' | 'until' | 'message' | 'mend'>[] =>
      allOf(
        'providers',
        `SELECT name, status, until, message, mend FROM providers WHERE status <> 'open' ORDER BY name`,
      ) as never,

    /** Open ones that their agent knows, and where the last attempt in each ran. */
    conversations: (): {
      agent: AgentName
      host: string
      session_id: string | null
      queue: string
      cwd: string | null
    }[] =>
      allOf(
        'conversations',
        `SELECT c.agent, c.host, c.session_id, q.name AS queue, (SELECT a.cwd FROM attempts a
             WHERE a.conversation_id = c.id AND a.cwd IS NOT NULL ORDER BY a.claimed_at DESC LIMIT 1) AS cwd
           FROM conversations c JOIN queues q ON q.id = c.queue_id
           WHERE c.closed_at IS NULL AND c.begun = 1 ORDER BY c.seq`,
      ) as never,

    lanes: (): { name: string; task_prefix: string; status: QueueStatus }[] =>
      all('SELECT name, task_prefix, status FROM queues ORDER BY seq') as never,

    /** What the person was to be told last, if that failed. */
    failedNotification: (): { kind: string; at: string; error: string } | undefined => {
      const row = one(
        'SELECT kind, at, error FROM notifications ORDER BY seq DESC, error IS NULL, kind LIMIT 1',
      ) as { kind: string; at: string; error: string | null } | undefined
      return row?.error ? { ...row, error: row.error } : undefined
    },

    close: () => db.close(),
  }
}

const parse = (text: unknown) => (text === null ? null : JSON.parse(String(text)))
