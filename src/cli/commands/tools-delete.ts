import { defineCommand } from '../command.ts'
import { sayNext } from '../hints.ts'
import { ifAny } from '../lanes.ts'
import { jsonOption } from '../options.ts'
import { printJson } from '../terminal.ts'
import { toolArg } from '../tool-options.ts'
import { deletedText } from '../tool-text.ts'

export const command = defineCommand({
  summary: 'Delete a tool, or take back what you changed of one of sparkq.yml.',
  args: { name: toolArg },
  options: { json: jsonOption },
  notes: `One that sparkq.yml has is only hidden, and stays so when the file is read again; tools edit --restore brings it back.
One that queued tasks are for, or that is the default of a queue, cannot go.`,
  examples: ['sparkq tools delete my-llm'],
  run: async ({ args, options, terminal, connect }) => {
    const { api } = await connect()
    const answer = await api.deleteTool({ name: args.name })
    if (options.json) return printJson(terminal.out, answer)
    const { name, hidden } = answer.tool
    const isBack = !hidden && (await ifAny(api.getTool({ name }))) !== undefined
    terminal.out.line(deletedText('Tool', name, isBack))
    if (hidden) sayNext(terminal.err, [[`sparkq tools edit ${name} --restore`, 'bring it back']])
  },
})
