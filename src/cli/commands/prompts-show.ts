import type { Prompt } from '../../contract/prompts.ts'
import { defineCommand } from '../command.ts'
import { sayNext } from '../hints.ts'
import { jsonOption } from '../options.ts'
import { promptArg } from '../stored-prompt.ts'
import { printJson } from '../terminal.ts'
import { visible } from '../text.ts'

export const command = defineCommand({
  summary: 'Show the template of a prompt.',
  args: { name: promptArg },
  options: { json: jsonOption },
  notes: 'The template goes to stdout as it is, and so into a file: sparkq prompts show fix-tests > mine.md',
  examples: ['sparkq prompts show review-diff'],
  run: async ({ args, options, terminal, connect }) => {
    const { api } = await connect()
    const { prompt } = await api.getPrompt({ id: args.name })
    if (options.json) return printJson(terminal.out, { prompt })
    const { out, err } = terminal
    out.data(out.isTerminal ? visible(prompt.template) : prompt.template)
    sayNext(err, [[`sparkq enqueue -q NAME --prompt ${prompt.command}${variablesText(prompt)}`, 'queue it']])
  },
})

const variablesText = ({ variables }: Prompt): string =>
  variables
    .filter(it => it.required)
    .map(it => ` --var ${it.name}=…`)
    .join('')
