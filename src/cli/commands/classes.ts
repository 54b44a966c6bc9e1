import { defineCommand } from '../command.ts'
import { jsonOption } from '../options.ts'
import { printTable } from '../table.ts'
import { printJson } from '../terminal.ts'
import { oneLine } from '../text.ts'
import { span } from '../times.ts'
import { hiddenOption } from '../tool-options.ts'
import { sourceText } from '../tool-text.ts'

const columns = [
  { title: 'class' },
  { title: 'timeout', align: 'right' },
  { title: 'source' },
  { title: 'what', flexible: true },
] as const

export const command = defineCommand({
  summary: 'List the task classes with their timeouts.',
  options: { hidden: hiddenOption, json: jsonOption },
  examples: ['sparkq classes'],
  run: async ({ options, terminal, connect }) => {
    const { api } = await connect()
    const answer = await api.listTaskClasses(options.hidden ? { hidden: true } : {})
    if (options.json) return printJson(terminal.out, answer)
    const rows = answer.task_classes.map(it => [
      ...[it.name, span(it.timeout), sourceText(it), oneLine(it.description ?? '')],
    ])
    printTable(terminal.out, columns, rows)
  },
})
