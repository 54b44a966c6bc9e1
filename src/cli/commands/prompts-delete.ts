import { defineCommand } from '../command.ts'
import { ifAny } from '../lanes.ts'
import { jsonOption } from '../options.ts'
import { promptArg } from '../stored-prompt.ts'
import { printJson } from '../terminal.ts'

export const command = defineCommand({
  summary: 'Delete a prompt of your own.',
  args: { name: promptArg },
  options: { json: jsonOption },
  notes:
    'Tasks that are queued keep their text. A built-in prompt stays; one that yours went before is back.',
  examples: ['sparkq prompts delete release'],
  run: async ({ args, options, terminal, connect }) => {
    const { api } = await connect()
    const answer = await api.deletePrompt({ id: args.name })
    if (options.json) return printJson(terminal.out, answer)
    const { command } = answer.prompt
    const isBack = await ifAny(api.getPrompt({ id: command }))
    terminal.out.line(`Deleted prompt "${command}"${isBack ? ' · the built-in one counts again' : ''}`)
  },
})
