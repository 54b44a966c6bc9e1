import fc from 'fast-check'
import { type Step, step } from './command.ts'
import { given, isRunning, maybe, pick, pickTask, taskRef } from './picks.ts'
import * as questions from './questions.ts'
import type { Model } from './state.ts'

const words = fc.constantFrom('Which one?', 'Which one?', 'Really? ', ' ')
const options = fc.constantFrom<string[][]>(['A', 'B'], [])
const answers = fc.constantFrom('A', 'A', 'Neither. ', ' ')

export const questionSteps: fc.WeightedArbitrary<Step>[] = [
  {
    weight: 9,
    arbitrary: fc
      .tuple(pick, maybe(fc.constantFrom(0, 0, 0, -1, 1)), words, maybe(options))
      .map(([which, offset, question, proposed]) =>
        step(
          'askQuestion',
          model => {
            const number = pickTask(model, which, isRunning)?.attempt ?? 1
            return given({
              id: taskRef(model, which, isRunning),
              attempt: offset === undefined ? undefined : Math.max(1, number + offset),
              question,
              options: proposed,
            })
          },
          (model, input, answer) => questions.askQuestion(model, input, answer?.question.id ?? ''),
        ),
      ),
  },
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.nat(11), fc.boolean(), answers)
      .map(([n, any, answer]) =>
        step(
          'answerQuestion',
          model => ({ id: pickQuestion(model, n, any) ?? 'qst_0', answer }),
          questions.answerQuestion,
        ),
      ),
  },
  {
    weight: 1,
    arbitrary: maybe(fc.boolean()).map(open =>
      step('listQuestions', () => given({ open, limit: 500 }), questions.listQuestions),
    ),
  },
]

/** One that has no answer yet, unless any will do. */
function pickQuestion(model: Model, n: number, any: boolean): string | undefined {
  const all = model.tasks.flatMap(it => it.asked)
  const open = all.filter(it => it.answer === null)
  const suiting = any || open.length === 0 ? all : open
  return suiting[n % suiting.length]?.id
}
