import type { Question, TaskQuestion } from '../contract/questions.ts'
import type { Database, Row } from './database.ts'
import { keyset, type Listing } from './listing.ts'

export type NewQuestion = {
  id: string
  task_id: string
  attempt: number
  question: string
  options: string
  asked_at: string
}

export type QuestionFilter = {
  open?: boolean | undefined
  queue_id?: string | undefined
  task_id?: string | undefined
}

/** An unanswered question of a task that is over waits for nobody. */
const isOpen = `(n.answer IS NULL AND t.status IN ('queued', 'running'))`
const columns = `n.*, t.friendly_id, q.id AS queue_id, q.name AS queue_name, ${isOpen} AS open`
const from = 'FROM questions n JOIN tasks t ON t.id = n.task_id JOIN queues q ON q.id = t.queue_id'

/** What a task asked, in that order, as the task carries it. */
export function questionsOfTask({ sql }: Database, taskId: string): TaskQuestion[] {
  const rows = sql('SELECT id, question, options, answer FROM questions WHERE task_id = ? ORDER BY seq').all(
    taskId,
  )
  return (rows as Row[]).map(row => ({ ...row, options: JSON.parse(String(row.options)) }) as TaskQuestion)
}

export function questionsTable({ sql }: Database) {
  const one = (where: string, values: Row): Question | undefined => {
    const row = sql(`SELECT ${columns} ${from} WHERE ${where} ORDER BY n.seq DESC LIMIT 1`).get(values)
    return row && toQuestion(row as Row)
  }

  return {
    insert: (question: NewQuestion) =>
      sql(
        `INSERT INTO questions (id, task_id, attempt, question, options, asked_at)
         VALUES (:id, :task_id, :attempt, :question, :options, :asked_at)`,
      ).run(question),

    get: (id: string): Question | undefined => one('n.id = :id', { id }),

    /** The last one of a task in these words, whether or not it has an answer. */
    inWords: (task_id: string, question: string, options: string): Question | undefined =>
      one('n.task_id = :task_id AND n.question = :question AND n.options = :options', {
        task_id,
        question,
        options,
      }),

    /** The oldest one of a task that has no answer. */
    nextOpen: (task_id: string): Question | undefined => {
      const row = sql(
        `SELECT ${columns} ${from} WHERE n.task_id = ? AND n.answer IS NULL ORDER BY n.seq LIMIT 1`,
      ).get(task_id)
      return row && toQuestion(row as Row)
    },

    /** Whether an attempt asked anything; and of that, whether anything has no answer. */
    ofAttempt: (task_id: string, attempt: number): 'none' | 'open' | 'answered' => {
      const row = sql(
        `SELECT count(*) AS asked, count(*) FILTER (WHERE answer IS NULL) AS open FROM questions
         WHERE task_id = ? AND attempt = ?`,
      ).get(task_id, attempt) as Row
      if (Number(row.asked) === 0) return 'none'
      return Number(row.open) > 0 ? 'open' : 'answered'
    },

    anyOf: (task_id: string): boolean =>
      sql('SELECT 1 FROM questions WHERE task_id = ? LIMIT 1').get(task_id) !== undefined,

    /** It is asked by this attempt now. */
    askAgain: (id: string, attempt: number) =>
      sql('UPDATE questions SET attempt = ? WHERE id = ?').run(attempt, id),

    /** @returns false when there was an answer */
    answer: (id: string, answer: { answer: string; answered_at: string; answered_by: string }): boolean =>
      sql(
        `UPDATE questions SET answer = :answer, answered_at = :answered_at, answered_by = :answered_by
         WHERE id = :id AND answer IS NULL`,
      ).run({ id, ...answer }).changes === 1,

    countOpen: (): number =>
      Number(
        sql(
          `SELECT count(*) AS n FROM questions n INDEXED BY questions_open JOIN tasks t ON t.id = n.task_id WHERE ${isOpen}`,
        ).get()?.n,
      ),

    list: ({ open, queue_id, task_id, before, limit }: QuestionFilter & Listing) => {
      const where = ['n.seq < :before']
      const values: Row = { before, limit }
      if (open !== undefined) where.push(open ? isOpen : `NOT ${isOpen}`)
      if (queue_id !== undefined) {
        where.push('t.queue_id = :queue_id')
        values.queue_id = queue_id
      }
      if (task_id !== undefined) {
        where.push('n.task_id = :task_id')
        values.task_id = task_id
      }
      const rows = sql(
        `SELECT ${columns} ${from} WHERE ${where.join(' AND ')} ORDER BY n.seq DESC LIMIT :limit`,
      ).all(values) as Row[]
      return keyset(rows, toQuestion)
    },
  }
}

function toQuestion({ seq: _, queue_id, queue_name, options, open, ...row }: Row): Question {
  return {
    ...row,
    queue: { id: queue_id, name: queue_name },
    options: JSON.parse(String(options)),
    open: open === 1,
  } as unknown as Question
}
