import { defineCommand } from '../command.ts'
import { runningTask } from '../kinds.ts'
import { readTaskAndWords } from '../named-task.ts'
import { attemptOption, jsonOption, taskArg, taskIdOption } from '../options.ts'
import { readJsonOption } from '../read-input.ts'
import { printJson } from '../terminal.ts'
import { oneLine } from '../text.ts'

export const command = defineCommand({
  summary: 'Finish a task that you have claimed.',
  args: {
    task: { ...taskArg, kind: runningTask, optional: true },
    summary: { value: 'SUMMARY', describe: 'what was done, in a sentence', optional: true },
  },
  options: {
    'task-id': taskIdOption,
    summary: {
      type: 'text',
      value: 'TEXT',
      blank: true,
      describe: 'the summary, instead of the second word',
    },
    data: { type: 'text', value: 'JSON', describe: 'any result as JSON, @FILE, or - for stdin' },
    attempt: attemptOption,
    json: jsonOption,
  },
  examples: [
    'sparkq complete AUTH-7 "Applied 4 migrations."',
    `sparkq complete --task-id AUTH-7 --summary "Applied 4 migrations." --data '{"rows": 0}'`,
  ],
  run: async ({ args, options, terminal, cwd, connect }) => {
    const { id, words } = readTaskAndWords(
      [args.task, args.summary],
      { task: options['task-id'], words: options.summary },
      { words: 'The summary', example: 'sparkq complete TASK "what was done"' },
    )
    const { data, attempt } = options
    const result_data = data === undefined ? undefined : await readJsonOption(data, '--data', cwd)
    const { api } = await connect()
    const { task } = await api.completeTask({
      id,
      result_summary: words,
      ...(result_data === undefined ? {} : { result_data }),
      ...(attempt === undefined ? {} : { attempt }),
    })
    if (options.json) return printJson(terminal.out, { task })
    terminal.out.line(`Completed ${task.friendly_id} · ${oneLine(task.result_summary ?? '')}`)
  },
})
