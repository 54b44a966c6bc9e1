import { SparkqError } from '../../contract/errors.ts'
import type { Asker } from '../ask.ts'
import type { Face } from '../terminal.ts'
import type { Answers, Found, Question } from './questions.ts'

/** Answers `q` to every question. */
export const leave = /^(q|quit|exit)$/i

/**
 * Asks questions one after the other; an empty answer takes what is proposed.
 * @returns undefined when the person leaves
 */
export async function converse(
  questions: readonly Question[],
  found: Found,
  { asker, err }: { asker: Asker; err: Face },
): Promise<Partial<Answers> | undefined> {
  const answers: Partial<Answers> = {}
  for (const question of questions) {
    const answer = await ask(question, found, { asker, err })
    if (answer === undefined) return undefined
    Object.assign(answers, { [question.key]: answer.value })
  }
  return answers
}

/** Asks until the answer can be one. */
async function ask(
  question: Question,
  found: Found,
  { asker, err }: { asker: Asker; err: Face },
): Promise<{ value: Answers[keyof Answers] } | undefined> {
  for (const line of question.about?.(found) ?? []) err.line(err.paint('dim', line))
  const usual = question.usual(found)
  for (;;) {
    const typed = await asker.line(`${question.ask} [${question.show(usual)}]: `)
    const text = typed?.trim()
    if (text === undefined || leave.test(text)) return undefined
    if (text === '') return { value: usual }
    try {
      return { value: question.read(text, found) }
    } catch (error) {
      if (!(error instanceof SparkqError)) throw error
      err.line(error.message)
    }
  }
}
