import type { Input, Output } from '../contract/api.ts'
import { conflict, invalid, notFound } from '../contract/errors.ts'
import { newId } from '../contract/ids.ts'
import type { Question } from '../contract/questions.ts'
import type { Task } from '../contract/tasks.ts'
import { timestamp } from '../contract/time.ts'
import { getAttempt, requireCurrent } from './attempt.ts'
import { type Context, change } from './context.ts'
import { endAttempt } from './endings.ts'
import { findQueue, findTask, getTask } from './find.ts'
import { nextCursor, readPage } from './paging.ts'
import { noteTask, wrongState } from './transitions.ts'

/**
 * Asks the person. A worker outside gives its task back by that, to wait for the answer. What a runner executes runs on:
 * when it ends well, it goes back for the answer instead of being finished.
 */
export function askQuestion(ctx: Context, input: Input<'askQuestion'>): Output<'askQuestion'> {
  const words = requireWords(input.question, 'A question')
  const options = JSON.stringify((input.options ?? []).map(it => requireWords(it, 'An option')))
  return change(ctx, () => {
    const task = findTask(ctx, input.id)
    const number = input.attempt ?? task.attempt
    if (number === null) throw wrongState(task, 'the worker of a running task can ask')
    const known = ctx.store.questions.inWords(task.id, words, options)
    // Who did not hear our answer asks the same again.
    if (known?.attempt === number) return { question: known, task }
    const attempt = getAttempt(ctx, task, number)
    requireCurrent(task, number)
    const question = keep(ctx, task, number, { words, options, known })
    noteTask(ctx, task, {
      event: 'question.asked',
      attempt: number,
      data: { question_id: question.id, question: words, options: question.options },
    })
    if (attempt.runner_id === null) endAttempt(ctx, task, number, { kind: 'asked' }, {})
    return { question: getQuestion(ctx, question.id), task: getTask(ctx, task.id) }
  })
}

/** An earlier attempt may have asked the same, and have been lost before there was an answer: it stays one question. */
function keep(
  ctx: Context,
  task: Task,
  attempt: number,
  { words, options, known }: { words: string; options: string; known: Question | undefined },
): Question {
  if (known?.answer === null) {
    ctx.store.questions.askAgain(known.id, attempt)
    return known
  }
  const id = newId('question')
  const asked_at = timestamp(ctx.clock())
  ctx.store.questions.insert({ id, task_id: task.id, attempt, question: words, options, asked_at })
  return getQuestion(ctx, id)
}

export function listQuestions(ctx: Context, input: Input<'listQuestions'> = {}): Output<'listQuestions'> {
  const page = readPage(input)
  const { rows, last } = ctx.store.questions.list({
    ...page,
    open: input.open,
    queue_id: input.queue_id === undefined ? undefined : findQueue(ctx, input.queue_id).id,
    task_id: input.task_id === undefined ? undefined : findTask(ctx, input.task_id).id,
  })
  return { questions: rows, next_cursor: nextCursor(rows, last, page.limit) }
}

export function answerQuestion(ctx: Context, input: Input<'answerQuestion'>): Output<'answerQuestion'> {
  const answer = requireWords(input.answer, 'An answer')
  return change(ctx, () => {
    const question = getQuestion(ctx, input.id)
    if (question.answer === answer) return { question }
    refuseAnswered(question)
    const task = getTask(ctx, question.task_id)
    if (!question.open) throw wrongState(task, 'an unfinished task waits for an answer')
    const answered_at = timestamp(ctx.clock())
    ctx.store.questions.answer(question.id, { answer, answered_at, answered_by: ctx.actor })
    if (task.wait_reason === 'question' && ctx.store.questions.nextOpen(task.id) === undefined)
      ctx.store.tasks.waitNoMore(task.id, answered_at)
    noteTask(ctx, task, {
      event: 'question.answered',
      attempt: question.attempt,
      data: { question_id: question.id, answer },
    })
    return { question: getQuestion(ctx, question.id) }
  })
}

function refuseAnswered({ friendly_id, answer }: Question): void {
  if (answer === null) return
  throw conflict(
    `That question of ${friendly_id} has an answer already: ${answer}`,
    `sparkq task ${friendly_id}`,
  )
}

function getQuestion(ctx: Context, id: string): Question {
  const question = ctx.store.questions.get(id)
  if (question) return question
  throw notFound(`There is no question "${id}".`, 'sparkq questions')
}

function requireWords(text: string, what: string): string {
  const words = text.replaceAll('\0', '').trim()
  if (words === '') throw invalid(`${what} must not be blank.`)
  return words
}
