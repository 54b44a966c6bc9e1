import { readPages } from '../../contract/pages.ts'
import type { PromptVariable } from '../../contract/prompts.ts'
import { defineCommand } from '../command.ts'
import { sayNext } from '../hints.ts'
import { jsonOption } from '../options.ts'
import { printTable } from '../table.ts'
import { printJson } from '../terminal.ts'
import { oneLine } from '../text.ts'

const columns = [
  { title: 'prompt' },
  { title: 'variables' },
  { title: 'source' },
  { title: 'what', flexible: true },
] as const

export const command = defineCommand({
  summary: 'List the stored prompts, the built-in ones too.',
  options: { json: jsonOption },
  notes: `A variable in [brackets] has a default. One of your own goes before the built-in one of its name.`,
  examples: ['sparkq prompts', 'sparkq prompts --json'],
  run: async ({ options, terminal, connect }) => {
    const { api } = await connect()
    const answer = await readPages('prompts', page => api.listPrompts(page))
    if (options.json) return printJson(terminal.out, answer)
    const rows = answer.prompts.map(it => [
      it.command,
      it.variables.map(variableText).join(' '),
      it.source,
      oneLine(it.description ?? ''),
    ])
    printTable(terminal.out, columns, rows)
    sayNext(terminal.err, [['sparkq prompts show NAME', 'read one']])
  },
})

const variableText = ({ name, required }: PromptVariable): string => (required ? name : `[${name}]`)
