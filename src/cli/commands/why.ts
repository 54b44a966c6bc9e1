import { defineCommand } from '../command.ts'
import { sayNext } from '../hints.ts'
import { jsonOption, taskArg } from '../options.ts'
import { printJson } from '../terminal.ts'
import { oneLine } from '../text.ts'

export const command = defineCommand({
  summary: 'Say in one sentence why a task is not running, and what would change that.',
  args: { task: taskArg },
  options: { json: jsonOption },
  examples: ['sparkq why AUTH-7', 'sparkq why AUTH-7 --json'],
  run: async ({ args, options, terminal, connect }) => {
    const { api } = await connect()
    const { why } = await api.explainTask({ id: args.task })
    if (options.json) return printJson(terminal.out, { why })
    terminal.out.line(oneLine(why.sentence))
    sayNext(
      terminal.err,
      why.next.map(command => [command, '']),
    )
  },
})
