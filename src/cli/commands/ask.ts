import { defineCommand } from '../command.ts'
import { sayNext } from '../hints.ts'
import { runningTask } from '../kinds.ts'
import { readTaskAndWords } from '../named-task.ts'
import { attemptOption, jsonOption, taskArg, taskIdOption } from '../options.ts'
import { printJson } from '../terminal.ts'
import { oneLine } from '../text.ts'

export const command = defineCommand({
  summary: 'Ask the person about a task that you have claimed; it waits for the answer.',
  args: {
    task: { ...taskArg, kind: runningTask, optional: true },
    question: { value: 'QUESTION', describe: 'what you need to know', optional: true },
  },
  options: {
    'task-id': taskIdOption,
    question: {
      type: 'text',
      value: 'TEXT',
      blank: true,
      describe: 'the question, instead of the second word',
    },
    option: { type: 'list', value: 'TEXT', describe: 'an answer that you propose; once for each' },
    attempt: attemptOption,
    json: jsonOption,
  },
  notes: `The task goes back to its lane, uncharged, and comes again with the answer. Stop working on it, and go on with the next.
A task that a runner executes runs on: it is given back when it has ended well.`,
  examples: ['sparkq ask AUTH-7 "Which database?" --option old --option new'],
  run: async ({ args, options, terminal, connect }) => {
    const { id, words } = readTaskAndWords(
      [args.task, args.question],
      { task: options['task-id'], words: options.question },
      { words: 'The question', example: 'sparkq ask TASK "which one?" --option A --option B' },
    )
    const { attempt, option } = options
    const { api } = await connect()
    const answer = await api.askQuestion({
      id,
      question: words,
      ...(option.length === 0 ? {} : { options: option }),
      ...(attempt === undefined ? {} : { attempt }),
    })
    if (options.json) return printJson(terminal.out, answer)
    const { task } = answer
    const becomes =
      task.status === 'running' ? 'it is given back when it has ended well' : 'it waits for the answer'
    terminal.out.line(`Asked · ${oneLine(answer.question.question)} · ${task.friendly_id}: ${becomes}`)
    sayNext(terminal.err, [[`sparkq answer ${task.friendly_id}`, 'for the person: answer it']])
  },
})
