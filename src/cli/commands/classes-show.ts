import { defineCommand } from '../command.ts'
import { jsonOption } from '../options.ts'
import { printJson } from '../terminal.ts'
import { oneLine, padEnd } from '../text.ts'
import { span } from '../times.ts'
import { classArg } from '../tool-options.ts'
import { sourceText } from '../tool-text.ts'

export const command = defineCommand({
  summary: 'Show a task class, and the tools that have it.',
  args: { name: classArg },
  options: { json: jsonOption },
  examples: ['sparkq classes show LLM_HEAVY'],
  run: async ({ args, options, terminal: { out }, connect }) => {
    const { api } = await connect()
    const answer = await api.getTaskClass({ name: args.name })
    if (options.json) return printJson(out, answer)
    const { task_class } = answer
    const { tools } = await api.listTools()
    const names = tools.filter(it => it.task_class === task_class.name).map(it => it.name)
    out.line(oneLine([task_class.name, task_class.description].filter(it => it).join('  ')))
    out.line(`  ${padEnd('timeout', 10)}${span(task_class.timeout)}`)
    out.line(`  ${padEnd('source', 10)}${sourceText(task_class)}`)
    out.line(`  ${padEnd('tools', 10)}${names.join(', ') || 'none'}`)
  },
})
