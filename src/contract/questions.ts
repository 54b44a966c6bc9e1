import { type Static, Type } from '@sinclair/typebox'
import { Nullable, Timestamp } from './fields.ts'

/** What a worker asked the person about a task. */
export const Question = Type.Object({
  id: Type.String(),
  task_id: Type.String(),
  friendly_id: Type.String({ description: 'of the task' }),
  queue: Type.Object({ id: Type.String(), name: Type.String() }),
  attempt: Type.Integer({ description: 'the attempt that asked, the last one where several asked the same' }),
  question: Type.String(),
  options: Type.Array(Type.String(), { description: 'what it proposes; any other answer is one, too' }),
  asked_at: Timestamp,
  open: Type.Boolean({ description: 'it has no answer, and its task is not finished' }),
  answer: Nullable(Type.String()),
  answered_at: Nullable(Timestamp),
  answered_by: Nullable(Type.String()),
})
export type Question = Static<typeof Question>

/** The same as a task carries it, in the order in which they were asked. */
export const TaskQuestion = Type.Object({
  id: Type.String(),
  question: Type.String(),
  options: Type.Array(Type.String()),
  answer: Nullable(Type.String()),
})
export type TaskQuestion = Static<typeof TaskQuestion>

/** How many answers a question may propose, and how long one is. */
export const QuestionOptions = Type.Array(Type.String({ minLength: 1, maxLength: 1000 }), { maxItems: 20 })

/** The questions of a task that have an answer, as its next worker is told them; empty when there are none. */
export function answersText(questions: readonly TaskQuestion[] | undefined): string {
  return (questions ?? [])
    .filter(it => it.answer !== null)
    .map(it => `Your question: ${it.question}\nThe answer: ${it.answer}`)
    .join('\n\n')
}
