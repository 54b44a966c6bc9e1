import { defineCommand } from '../command.ts'
import { sayNext } from '../hints.ts'
import { jsonOption } from '../options.ts'
import { printTable } from '../table.ts'
import { printJson } from '../terminal.ts'
import { oneLine } from '../text.ts'
import { span } from '../times.ts'
import { hiddenOption } from '../tool-options.ts'
import { agentText, commandText, sourceText } from '../tool-text.ts'

const columns = [
  { title: 'tool' },
  { title: 'class' },
  { title: 'timeout', align: 'right' },
  { title: 'source' },
  { title: 'what', flexible: true },
] as const

export const command = defineCommand({
  summary: 'List the tools that run tasks.',
  options: { hidden: hiddenOption, json: jsonOption },
  notes: 'Your own go before those of sparkq.yml, which a reload replaces.',
  examples: ['sparkq tools', 'sparkq tools --hidden'],
  run: async ({ options, terminal, connect }) => {
    const { api } = await connect()
    const answer = await api.listTools(options.hidden ? { hidden: true } : {})
    if (options.json) return printJson(terminal.out, answer)
    const rows = answer.tools.map(tool => [
      tool.name,
      tool.task_class,
      tool.timeout === null ? '' : span(tool.timeout),
      sourceText(tool),
      oneLine(tool.description ?? (tool.agent ? agentText(tool) : commandText(tool))),
    ])
    printTable(terminal.out, columns, rows)
    sayNext(terminal.err, [['sparkq tools show NAME', 'all of one']])
  },
})
