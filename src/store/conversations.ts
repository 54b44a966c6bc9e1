import type { AgentName, Conversation, Usage } from '../contract/agents.ts'
import type { Database, Row } from './database.ts'

/** `task_id`: the task whose alone it is; null: its lane's. */
export type NewConversation = {
  id: string
  queue_id: string
  agent: AgentName
  host: string
  task_id: string | null
  session_id: string | null
  now: string
}

/** Where a conversation is looked for. */
export type Whereabouts = Pick<NewConversation, 'queue_id' | 'agent' | 'host' | 'task_id'>

export type ConversationEnd = Usage & {
  session_id: string | null
  begun: number
  instructions: string | null
  tasks: number
}

export function conversationsTable({ sql }: Database) {
  return {
    insert: (it: NewConversation) =>
      sql(
        `INSERT INTO conversations (id, queue_id, agent, host, task_id, session_id, created_at)
         VALUES (:id, :queue_id, :agent, :host, :task_id, :session_id, :now)`,
      ).run(it),

    get: (id: string): Conversation | undefined => {
      const row = sql('SELECT * FROM conversations WHERE id = ?').get(id)
      return row && toConversation(row as Row)
    },

    open: (it: Whereabouts): Conversation | undefined => {
      const row = sql(
        `SELECT * FROM conversations WHERE queue_id = :queue_id AND agent = :agent AND host = :host
           AND coalesce(task_id, '') = coalesce(:task_id, '') AND closed_at IS NULL`,
      ).get(it)
      return row && toConversation(row as Row)
    },

    /** The one before `id` of the same lane (or task), agent and machine. */
    before: (id: string, it: Whereabouts): Conversation | undefined => {
      const row = sql(
        `SELECT * FROM conversations WHERE queue_id = :queue_id AND agent = :agent AND host = :host
           AND task_id IS :task_id AND seq < (SELECT seq FROM conversations WHERE id = :id) ORDER BY seq DESC LIMIT 1`,
      ).get({ ...it, id })
      return row && toConversation(row as Row)
    },

    taskOf: (id: string): string | null =>
      (sql('SELECT task_id FROM conversations WHERE id = ?').get(id)?.task_id ?? null) as string | null,

    /** What the attempt that works in it now tells it of the lane; and a name for it, where it has none. */
    tells: (id: string, telling: string | null, session_id: string | null) =>
      sql(
        'UPDATE conversations SET telling = ?, session_id = coalesce(session_id, ?) WHERE id = ? AND closed_at IS NULL',
      ).run(telling, session_id, id),

    telling: (id: string): string | null =>
      (sql('SELECT telling FROM conversations WHERE id = ?').get(id)?.telling ?? null) as string | null,

    end: (id: string, end: ConversationEnd) =>
      sql(
        `UPDATE conversations SET session_id = :session_id, begun = :begun, instructions = :instructions, tasks = :tasks,
           input_tokens = :input_tokens, cached_input_tokens = :cached_input_tokens, output_tokens = :output_tokens,
           cost_usd = :cost_usd WHERE id = :id`,
      ).run({ id, ...end }),

    close: (id: string, because: string, now: string) =>
      sql(
        'UPDATE conversations SET closed_at = ?, closed_because = ? WHERE id = ? AND closed_at IS NULL',
      ).run(now, because, id),
  }
}

function toConversation(row: Row): Conversation {
  const {
    seq,
    task_id,
    telling,
    input_tokens,
    cached_input_tokens,
    output_tokens,
    cost_usd,
    begun,
    ...rest
  } = row
  return {
    ...rest,
    begun: begun === 1,
    usage: { input_tokens, cached_input_tokens, output_tokens, cost_usd },
  } as unknown as Conversation
}
