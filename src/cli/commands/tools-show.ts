import { defineCommand } from '../command.ts'
import { sayNext } from '../hints.ts'
import { jsonOption } from '../options.ts'
import { printJson } from '../terminal.ts'
import { oneLine, padEnd } from '../text.ts'
import { span } from '../times.ts'
import { toolArg } from '../tool-options.ts'
import { runsText, sourceText } from '../tool-text.ts'

export const command = defineCommand({
  summary: 'Show a tool.',
  args: { name: toolArg },
  options: { json: jsonOption },
  examples: ['sparkq tools show run-bash'],
  run: async ({ args, options, terminal, connect }) => {
    const { api } = await connect()
    const answer = await api.getTool({ name: args.name })
    if (options.json) return printJson(terminal.out, answer)
    const { out, err } = terminal
    const { tool } = answer
    const lines = [
      ['class', tool.task_class],
      ['timeout', tool.timeout === null ? 'its class’s' : span(tool.timeout)],
      ['source', sourceText(tool)],
      ['run by', runsText(tool)],
    ] as const
    out.line(oneLine([tool.name, tool.description].filter(it => it).join('  ')))
    for (const [title, text] of lines) out.line(`  ${padEnd(title, 10)}${text}`)
    sayNext(err, [[`sparkq tools edit ${tool.name}`, 'change it']])
  },
})
