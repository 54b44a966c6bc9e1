import { defineCommand } from '../command.ts'
import { jsonOption } from '../options.ts'
import { printTable } from '../table.ts'
import { printJson } from '../terminal.ts'
import { oneLine } from '../text.ts'
import { span } from '../times.ts'

export const command = defineCommand({
  summary: 'List the task classes with their timeouts.',
  options: { json: jsonOption },
  examples: ['sparkq classes'],
  run: async ({ options, terminal, connect }) => {
    const { api } = await connect()
    const answer = await api.listTaskClasses()
    if (options.json) return printJson(terminal.out, answer)
    printTable(
      terminal.out,
      [{ title: 'class' }, { title: 'timeout', align: 'right' }, { title: 'what' }],
      answer.task_classes.map(it => [it.name, span(it.timeout), oneLine(it.description ?? '')]),
    )
  },
})
