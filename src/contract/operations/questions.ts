import { Type } from '@sinclair/typebox'
import { NameOrId, one, page, pageOf, Strict, TaskRef } from '../fields.ts'
import { Question, QuestionOptions } from '../questions.ts'
import { Task } from '../tasks.ts'
import { attemptGuard, byTask, get, post, put } from './define.ts'

const words = Type.String({ minLength: 1, maxLength: 20_000 })

export const questionOperations = {
  askQuestion: post(
    '/api/tasks/{id}/ask',
    'Ask the person about a running task, which waits for the answer; asked again, it is the same question',
    Strict({ ...byTask, ...attemptGuard, question: words, options: Type.Optional(QuestionOptions) }),
    Type.Object({ question: Question, task: Task }),
  ),
  listQuestions: get(
    '/api/questions',
    'List what workers asked, newest first',
    Strict({
      open: Type.Optional(
        Type.Boolean({ description: 'only those that wait for an answer, or only the others' }),
      ),
      queue_id: Type.Optional(NameOrId),
      task_id: Type.Optional(TaskRef),
      ...page,
    }),
    pageOf('questions', Question),
  ),
  answerQuestion: put(
    '/api/questions/{id}/answer',
    'Answer a question: its task goes on, and is told the answer; the same answer may be given twice',
    Strict({ id: Type.String({ minLength: 1, description: 'the id of the question' }), answer: words }),
    one('question', Question),
  ),
} as const
