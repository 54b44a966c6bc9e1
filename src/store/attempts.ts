import type { AgentOutcome } from '../contract/agents.ts'
import type { Attempt, ProcessIdentity } from '../contract/attempts.ts'
import type { Database, Row } from './database.ts'

export type NewAttempt = {
  task_id: string
  number: number
  worker_id: string | null
  runner_id: string | null
  claim_key: string | null
  tree: string | null
  bound: string | null
  claimed_at: string
}

/** An attempt that runs as long as a process outside lives. */
export type BoundAttempt = { task_id: string; number: number; process: ProcessIdentity }

export type AttemptEnd = {
  outcome: 'succeeded' | 'failed' | 'returned'
  charged: number
  finished_at: string
  exit_code: number | null
  signal: string | null
  error_type: string | null
  error_message: string | null
  error_detail: string | null
  result_summary: string | null
  result_data: string | null
  warnings: string
  stop: string | null
  agent: string | null
  agent_outcome: AgentOutcome | null
  changes: string | null
}

export const holderOfTree = 'SELECT task_id FROM attempts WHERE tree = ? AND outcome IS NULL'

export function attemptsTable({ sql }: Database) {
  return {
    insert: (attempt: NewAttempt) =>
      sql(
        `INSERT INTO attempts (task_id, number, worker_id, runner_id, claim_key, tree, bound, claimed_at)
         VALUES (:task_id, :number, :worker_id, :runner_id, :claim_key, :tree, :bound, :claimed_at)`,
      ).run(attempt),

    get: (task_id: string, number: number): Attempt | undefined => {
      const row = sql('SELECT * FROM attempts WHERE task_id = ? AND number = ?').get(task_id, number)
      return row && toAttempt(row as Row)
    },

    byClaimKey: (claim_key: string): Attempt | undefined => {
      const row = sql('SELECT * FROM attempts WHERE claim_key = ?').get(claim_key)
      return row && toAttempt(row as Row)
    },

    list: (task_id: string): Attempt[] =>
      (sql('SELECT * FROM attempts WHERE task_id = ? ORDER BY number').all(task_id) as Row[]).map(toAttempt),

    start: (
      task_id: string,
      number: number,
      start: { process: string; command: string; cwd: string; started_at: string },
    ) =>
      sql(
        `UPDATE attempts SET process = :process, command = :command, cwd = :cwd, started_at = :started_at
         WHERE task_id = :task_id AND number = :number`,
      ).run({ task_id, number, ...start }),

    /** The first cause stays. */
    stop: (task_id: string, number: number, cause: string) =>
      sql(`UPDATE attempts SET stop_cause = coalesce(stop_cause, :cause)
           WHERE task_id = :task_id AND number = :number AND outcome IS NULL`).run({
        task_id,
        number,
        cause,
      }),

    end: (task_id: string, number: number, end: AttemptEnd) =>
      sql(
        `UPDATE attempts SET outcome = :outcome, charged = :charged, finished_at = :finished_at, exit_code = :exit_code,
           signal = :signal, error_type = :error_type, error_message = :error_message, error_detail = :error_detail,
           result_summary = :result_summary, result_data = :result_data, warnings = :warnings, stop = :stop,
           agent = :agent, agent_outcome = :agent_outcome, changes = :changes
         WHERE task_id = :task_id AND number = :number AND outcome IS NULL`,
      ).run({ task_id, number, ...end }),

    /** Those that run and are bound to a process, in all lanes or in one. */
    bound: (queue_id?: string): BoundAttempt[] =>
      (
        sql(
          `SELECT a.task_id, a.number, a.bound FROM attempts a INDEXED BY attempts_bound JOIN tasks t ON t.id = a.task_id
           WHERE a.bound IS NOT NULL AND a.outcome IS NULL AND (:queue_id IS NULL OR t.queue_id = :queue_id)
           ORDER BY t.seq`,
        ).all({ queue_id: queue_id ?? null }) as Row[]
      ).map(({ task_id, number, bound }) => ({
        task_id: String(task_id),
        number: Number(number),
        process: JSON.parse(String(bound)),
      })),

    /** How many attempts of a task were given back because their runner was lost. */
    countLost: (task_id: string): number => {
      const row = sql(
        `SELECT count(*) AS n FROM attempts WHERE task_id = ? AND outcome = 'returned' AND error_type = 'worker_lost'
           AND bound IS NULL`,
      ).get(task_id)
      return Number(row?.n)
    },

    /** How the agent's runs of a task ended that are over, the last one first; null for one of no agent. */
    agentOutcomes: (task_id: string): (AgentOutcome | null)[] =>
      sql('SELECT agent_outcome FROM attempts WHERE task_id = ? AND outcome IS NOT NULL ORDER BY number DESC')
        .all(task_id)
        .map(row => row.agent_outcome as AgentOutcome | null),

    converses: (task_id: string, number: number, conversation_id: string) =>
      sql('UPDATE attempts SET conversation_id = ? WHERE task_id = ? AND number = ?').run(
        conversation_id,
        task_id,
        number,
      ),

    /** The last attempt of which it is known what it changed. */
    lastChanged: (task_id: string): number | null =>
      (sql('SELECT max(number) AS number FROM attempts WHERE task_id = ? AND changes IS NOT NULL').get(
        task_id,
      )?.number ?? null) as number | null,

    /** Who works in a tree now. */
    inTree: (tree: string): string | undefined => sql(holderOfTree).get(tree)?.task_id as string | undefined,
  }
}

function toAttempt({ agent_outcome, ...row }: Row): Attempt {
  const parse = (text: unknown) => (text === null ? null : JSON.parse(String(text)))
  return {
    ...row,
    charged: row.charged === 1,
    process: parse(row.process),
    bound: parse(row.bound),
    command: parse(row.command),
    result_data: parse(row.result_data),
    warnings: parse(row.warnings),
    stop: parse(row.stop),
    agent: parse(row.agent),
    changes: parse(row.changes),
  } as unknown as Attempt
}
