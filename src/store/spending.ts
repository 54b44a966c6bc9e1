import type { Usage } from '../contract/agents.ts'
import type { Database, Row } from './database.ts'
import type { Whose } from './review.ts'

export type NewSpending = Usage & {
  at: string
  session_id: string
  queue_id: string
  task_id: string
  attempt: number
  tool_name: string
  agent: string
  model: string | null
}

/** What the runs of one tool in one lane took on one day. The name is null where the lane is gone. */
export type SpentGroup = Usage & {
  queue_id: string
  queue_name: string | null
  tool_name: string
  day: string
  runs: number
}

export const spentInLane = `SELECT coalesce(sum(cost_usd), 0) AS usd FROM spending WHERE queue_id = ? AND at >= ?`

export const spentGroups = `
  SELECT w.queue_id, q.name AS queue_name, w.tool_name, date(w.at, 'localtime') AS day, count(*) AS runs,
    sum(w.input_tokens) AS input_tokens, sum(w.cached_input_tokens) AS cached_input_tokens,
    sum(w.output_tokens) AS output_tokens, sum(w.cost_usd) AS cost_usd
  FROM spending w INDEXED BY spending_by_time LEFT JOIN queues q ON q.id = w.queue_id
  WHERE w.at >= :since AND (:queue_id IS NULL OR w.queue_id = :queue_id)
    AND (:session_id IS NULL OR w.session_id = :session_id)
  GROUP BY w.queue_id, w.tool_name, day ORDER BY day`

export function spendingTable({ sql }: Database) {
  return {
    insert: (it: NewSpending) =>
      sql(
        `INSERT INTO spending (at, session_id, queue_id, task_id, attempt, tool_name, agent, model,
           input_tokens, cached_input_tokens, output_tokens, cost_usd)
         VALUES (:at, :session_id, :queue_id, :task_id, :attempt, :tool_name, :agent, :model,
           :input_tokens, :cached_input_tokens, :output_tokens, :cost_usd)`,
      ).run(it),

    inLane: (queue_id: string, since: string): number => Number(sql(spentInLane).get(queue_id, since)?.usd),

    groups: (filter: Whose & { since: string }): SpentGroup[] =>
      (sql(spentGroups).all(filter) as Row[]).map(row => ({ ...row }) as unknown as SpentGroup),
  }
}
