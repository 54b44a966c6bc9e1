import { readPages } from '../../contract/pages.ts'
import type { Question } from '../../contract/questions.ts'
import { defineCommand } from '../command.ts'
import { sayNext } from '../hints.ts'
import { findQueue } from '../lanes.ts'
import { jsonOption, queueOption } from '../options.ts'
import { type Face, printJson } from '../terminal.ts'
import { indent, oneLine, visible } from '../text.ts'
import { relative } from '../times.ts'

export const command = defineCommand({
  summary: 'Show what workers ask you, the oldest first.',
  options: {
    queue: queueOption,
    all: { type: 'flag', describe: 'those that have an answer, or need none any more, too' },
    json: jsonOption,
  },
  examples: ['sparkq questions', 'sparkq questions -q auth --all'],
  run: async ({ options, terminal, connect }) => {
    const { out, err } = terminal
    const { api } = await connect()
    const queue = options.queue === undefined ? undefined : await findQueue(api, options.queue)
    const filter = { ...(queue ? { queue_id: queue.id } : {}), ...(options.all ? {} : { open: true }) }
    const answer = await readPages('questions', page => api.listQuestions({ ...filter, ...page }))
    if (options.json) return printJson(out, answer)
    const questions = answer.questions.toReversed()
    for (const question of questions) showQuestion(out, question)
    const open = questions.filter(it => it.open)
    if (questions.length === 0) err.line('Nobody asks anything.')
    if (open.length > 0)
      sayNext(
        err,
        open.slice(0, 3).map(it => [`sparkq answer ${it.friendly_id}`, '']),
      )
  },
})

/** The question whole, then what it proposes by number, then what was answered. */
export function showQuestion(out: Face, question: Question): void {
  const { friendly_id, queue, asked_at, answer, open } = question
  const state = open ? '' : answer === null ? ' · its task is over' : ' · answered'
  out.line(`${out.paint('bold', friendly_id)}  ${oneLine(queue.name)} · asked ${relative(asked_at)}${state}`)
  out.line(indent(visible(question.question), 2))
  for (const [i, option] of question.options.entries()) out.line(`  ${i + 1}) ${oneLine(option)}`)
  if (answer !== null) out.line(`  ${out.paint('dim', 'answer')}  ${oneLine(answer)}`)
}
