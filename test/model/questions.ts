import type { Input } from '../../src/contract/api.ts'
import { endAttempt } from './endings.ts'
import {
  attemptOf,
  type Model,
  type ModelQuestion,
  type ModelTask,
  noteTask,
  refuse,
  refuseIf,
  stamp,
  taskOf,
} from './state.ts'
import { taskView } from './views.ts'

/** SPEC 12: what a worker asks the person, and the answer. */

export function askQuestion(model: Model, input: Input<'askQuestion'>, fresh: string) {
  const words = input.question.trim()
  const options = input.options ?? []
  refuseIf(words === '', 'invalid')
  const task = taskOf(model, input.id)
  const number = input.attempt ?? task.attempt ?? refuse('conflict')
  const known = task.asked.findLast(
    it => it.question === words && JSON.stringify(it.options) === JSON.stringify(options),
  )
  if (known?.attempt === number) return answerOf(task, known)
  const attempt = attemptOf(task, number)
  refuseIf(task.attempt !== number || task.status !== 'running', 'conflict')
  const question =
    known?.answer === null ? known : insert(model, task, { id: fresh, question: words, options })
  question.attempt = number
  noteTask(model, task, 'question.asked', {
    attempt: number,
    data: { question_id: question.id, question: words, options },
  })
  // A worker outside is done with it for now; what a runner executes runs on.
  if (attempt.runner_id === null) endAttempt(model, task, { error: null, asks: true })
  return answerOf(task, question)
}

function insert(model: Model, task: ModelTask, given: Pick<ModelQuestion, 'id' | 'question' | 'options'>) {
  const question: ModelQuestion = {
    ...given,
    ...{ order: model.asked++, attempt: 0, asked_at: stamp(model.now), answer: null, answered_at: null },
  }
  task.asked.push(question)
  return question
}

export function answerQuestion(model: Model, input: Input<'answerQuestion'>) {
  const answer = input.answer.trim()
  refuseIf(answer === '', 'invalid')
  const task = model.tasks.find(it => it.asked.some(asked => asked.id === input.id)) ?? refuse('not_found')
  const question = task.asked.find(it => it.id === input.id) as ModelQuestion
  if (question.answer !== answer) {
    refuseIf(question.answer !== null || task.finished_at !== null, 'conflict')
    Object.assign(question, { answer, answered_at: stamp(model.now) })
    if (task.wait_reason === 'question' && task.asked.every(it => it.answer !== null))
      Object.assign(task, { wait_reason: null, updated_at: stamp(model.now) })
    noteTask(model, task, 'question.answered', {
      attempt: question.attempt,
      data: { question_id: question.id, answer },
    })
  }
  return { question: questionView(task, question) }
}

export function listQuestions(model: Model, input: Input<'listQuestions'>) {
  const questions = model.tasks
    .flatMap(task => task.asked.map(asked => ({ order: asked.order, ...questionView(task, asked) })))
    .filter(it => input.open === undefined || it.open === input.open)
    .sort((a, b) => b.order - a.order)
  return { questions: questions.map(({ order: _, ...view }) => view) }
}

const answerOf = (task: ModelTask, question: ModelQuestion) => ({
  task: taskView(task),
  question: questionView(task, question),
})

const questionView = (task: ModelTask, { order: _, ...question }: ModelQuestion) => ({
  ...question,
  task_id: task.id,
  friendly_id: task.friendly_id,
  queue: { id: task.queue.id, name: task.queue.name },
  open: question.answer === null && task.finished_at === null,
})
