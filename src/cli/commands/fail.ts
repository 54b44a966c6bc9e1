import { defineCommand } from '../command.ts'
import { sayNext } from '../hints.ts'
import { runningTask } from '../kinds.ts'
import { readTaskAndWords } from '../named-task.ts'
import { attemptOption, jsonOption, taskArg, taskIdOption } from '../options.ts'
import { readTextOption } from '../read-input.ts'
import { printJson } from '../terminal.ts'
import { oneLine } from '../text.ts'

export const command = defineCommand({
  summary: 'Give up a task that you have claimed, with the reason.',
  args: {
    task: { ...taskArg, kind: runningTask, optional: true },
    reason: { value: 'REASON', describe: 'why, in a sentence', optional: true },
  },
  options: {
    'task-id': taskIdOption,
    reason: { type: 'text', value: 'TEXT', blank: true, describe: 'the reason, instead of the second word' },
    detail: { type: 'text', value: 'TEXT', describe: 'what the tool said, or @FILE, or - for stdin' },
    attempt: attemptOption,
    json: jsonOption,
  },
  examples: [
    'sparkq fail AUTH-7 --reason "Permission denied on table users."',
    'sparkq fail AUTH-7 "The tests fail." --detail @test.log',
  ],
  run: async ({ args, options, terminal, cwd, connect }) => {
    const { id, words } = readTaskAndWords(
      [args.task, args.reason],
      { task: options['task-id'], words: options.reason },
      { words: 'The reason', example: 'sparkq fail TASK "why"' },
    )
    const { detail, attempt } = options
    const error_detail = detail === undefined ? undefined : await readTextOption(detail, '--detail', cwd)
    const { api } = await connect()
    const { task } = await api.failTask({
      id,
      error_message: words,
      ...(error_detail === undefined ? {} : { error_detail }),
      ...(attempt === undefined ? {} : { attempt }),
    })
    if (options.json) return printJson(terminal.out, { task })
    terminal.out.line(`Failed ${task.friendly_id} · ${oneLine(task.error_message ?? '')}`)
    sayNext(terminal.err, [[`sparkq requeue ${task.friendly_id}`, 'queue it again']])
  },
})
