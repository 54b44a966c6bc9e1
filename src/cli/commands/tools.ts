import { defineCommand } from '../command.ts'
import { jsonOption } from '../options.ts'
import { printTable } from '../table.ts'
import { printJson } from '../terminal.ts'
import { oneLine } from '../text.ts'
import { span } from '../times.ts'

export const command = defineCommand({
  summary: 'List the tools that run tasks.',
  options: { json: jsonOption },
  examples: ['sparkq tools'],
  run: async ({ options, terminal, connect }) => {
    const { api } = await connect()
    const answer = await api.listTools()
    if (options.json) return printJson(terminal.out, answer)
    printTable(
      terminal.out,
      [{ title: 'tool' }, { title: 'class' }, { title: 'timeout', align: 'right' }, { title: 'what' }],
      answer.tools.map(tool => [
        tool.name,
        tool.task_class,
        tool.timeout === null ? '' : span(tool.timeout),
        oneLine(tool.description ?? ''),
      ]),
    )
  },
})
