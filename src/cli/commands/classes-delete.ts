import { defineCommand } from '../command.ts'
import { sayNext } from '../hints.ts'
import { ifAny } from '../lanes.ts'
import { jsonOption } from '../options.ts'
import { printJson } from '../terminal.ts'
import { classArg } from '../tool-options.ts'
import { deletedText } from '../tool-text.ts'

export const command = defineCommand({
  summary: 'Delete a task class, or take back what you changed of one of sparkq.yml.',
  args: { name: classArg },
  options: { json: jsonOption },
  notes: `One that sparkq.yml has is only hidden, and stays so when the file is read again; classes edit --restore brings it back.
One that a tool has cannot go.`,
  examples: ['sparkq classes delete NIGHTLY'],
  run: async ({ args, options, terminal, connect }) => {
    const { api } = await connect()
    const answer = await api.deleteTaskClass({ name: args.name })
    if (options.json) return printJson(terminal.out, answer)
    const { name, hidden } = answer.task_class
    const isBack = !hidden && (await ifAny(api.getTaskClass({ name }))) !== undefined
    terminal.out.line(deletedText('Task class', name, isBack))
    if (hidden) sayNext(terminal.err, [[`sparkq classes edit ${name} --restore`, 'bring it back']])
  },
})
