import type { Api } from '../../contract/api.ts'
import { conflict, invalid, notFound } from '../../contract/errors.ts'
import { idPrefixes } from '../../contract/ids.ts'
import { readPages } from '../../contract/pages.ts'
import type { Question } from '../../contract/questions.ts'
import { askLine } from '../ask.ts'
import { defineCommand } from '../command.ts'
import { queuedTask } from '../kinds.ts'
import { jsonOption, taskArg } from '../options.ts'
import { printJson, type Terminal } from '../terminal.ts'
import { oneLine } from '../text.ts'
import { showQuestion } from './questions.ts'

export const command = defineCommand({
  summary: 'Answer what a worker asks: its task goes on with that.',
  args: {
    task: { ...taskArg, kind: queuedTask, describe: 'the task that asks, or the id of the question (qst_…)' },
    answer: {
      value: 'ANSWER',
      describe: 'in your words, or the number of an option',
      optional: true,
    },
  },
  options: { json: jsonOption },
  notes: 'Without ANSWER, on a terminal, it shows the question and asks you.',
  examples: ['sparkq answer AUTH-7 "the new one"', 'sparkq answer AUTH-7 2', 'sparkq answer AUTH-7'],
  run: async ({ args, options, terminal, connect }) => {
    const { api } = await connect()
    const question = await findQuestion(api, args.task)
    const words = args.answer ?? (await askPerson(terminal, question))
    const answered = await api.answerQuestion({ id: question.id, answer: choice(question, words) })
    if (options.json) return printJson(terminal.out, answered)
    terminal.out.line(`Answered ${question.friendly_id} · ${oneLine(answered.question.answer ?? '')}`)
  },
})

/** Of a task, the oldest question that waits for an answer; where none does, the last one, whose answer may be said again. */
async function findQuestion(api: Api, ref: string): Promise<Question> {
  const isId = ref.startsWith(idPrefixes.question)
  const { questions } = await readPages('questions', page =>
    api.listQuestions(isId ? page : { task_id: ref, ...page }),
  )
  const found = isId
    ? questions.find(it => it.id === ref)
    : (questions.findLast(it => it.open) ?? questions[0])
  if (found) return found
  if (isId) throw notFound(`There is no question "${ref}".`, 'sparkq questions')
  throw conflict(`${ref} asks nothing.`, 'sparkq questions')
}

async function askPerson(terminal: Terminal, question: Question): Promise<string> {
  if (!terminal.isInteractive) {
    throw invalid(`The answer is missing. ${question.friendly_id} asks: ${oneLine(question.question)}`, {
      hint: `sparkq answer ${question.friendly_id} "…"`,
    })
  }
  showQuestion(terminal.err, question)
  const { length } = question.options
  const words = await askLine(length === 0 ? 'Your answer: ' : `Your answer, or 1 to ${length}: `)
  if (words.trim() === '')
    throw invalid('Nothing was answered.', { hint: `sparkq answer ${question.friendly_id}` })
  return words
}

/** A number stands for an option, unless one of them is that number. */
function choice({ options }: Question, words: string): string {
  const typed = words.trim()
  if (options.includes(typed) || !/^\d{1,2}$/.test(typed)) return typed
  return options[Number(typed) - 1] ?? typed
}
