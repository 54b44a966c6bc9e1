import { defineCommand } from '../command.ts'
import { sayNext } from '../hints.ts'
import { jsonOption } from '../options.ts'
import { printScripts } from '../scripts.ts'
import { printJson } from '../terminal.ts'

export const command = defineCommand({
  summary: 'Find scripts by words in path, name, description or tags.',
  args: {
    words: { value: 'WORD', describe: 'a word to look for; all of them have to be there', many: true },
  },
  options: { json: jsonOption },
  examples: ['sparkq scripts search deploy', 'sparkq scripts search deploy staging --json'],
  run: async ({ args, options, terminal, connect }) => {
    const { api } = await connect()
    const answer = await api.listScripts({ q: args.words.join(' ') })
    if (options.json) return printJson(terminal.out, answer)
    printScripts(terminal, answer, 'No script is like that.')
    if (answer.scripts.length === 0) sayNext(terminal.err, [['sparkq scripts list', 'all of them']])
  },
})
