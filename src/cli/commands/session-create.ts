import { shellWord } from '../../contract/shell-word.ts'
import { defineCommand } from '../command.ts'
import { sayNext } from '../hints.ts'
import { instructionsOption, jsonOption } from '../options.ts'
import { readTextOption } from '../read-input.ts'
import { printJson } from '../terminal.ts'

export const command = defineCommand({
  summary: 'Create a session: a bounded period of work that groups queues.',
  args: { name: { value: 'NAME', describe: 'a name that no other session has' } },
  options: { instructions: instructionsOption, json: jsonOption },
  examples: ['sparkq session create api-v2 --instructions "Move the API to version 2."'],
  run: async ({ args, options, terminal, cwd, connect }) => {
    const { api } = await connect()
    const text = options.instructions
    const instructions = text && (await readTextOption(text, '--instructions', cwd))
    const { session } = await api.createSession({
      name: args.name,
      ...(instructions ? { instructions } : {}),
    })
    if (options.json) return printJson(terminal.out, { session })
    terminal.out.line(`Created session "${session.name}".`)
    sayNext(terminal.err, [
      [`sparkq queue create NAME --session ${shellWord(session.name)}`, 'give it a lane'],
    ])
  },
})
