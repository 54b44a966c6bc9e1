import { invalid } from '../../contract/errors.ts'
import { defineCommand } from '../command.ts'
import { jsonOption, timeoutOption } from '../options.ts'
import { printJson } from '../terminal.ts'
import { span } from '../times.ts'
import { classArg, described, describeOption, restoreOption } from '../tool-options.ts'

export const command = defineCommand({
  summary: 'Change a task class.',
  args: { name: classArg },
  options: { timeout: timeoutOption, description: describeOption, restore: restoreOption, json: jsonOption },
  notes: `One of sparkq.yml gets a copy of your own, which goes before it until you delete it; the file stays as it is. Tasks
that are queued keep their timeout.`,
  examples: ['sparkq classes edit LLM_HEAVY --timeout 2400', 'sparkq classes edit LLM_LITE --restore'],
  run: async ({ args, options, terminal, connect }) => {
    const { timeout, description, restore } = options
    const edits = {
      ...described(description),
      ...(timeout === undefined ? {} : { timeout }),
      ...(restore ? { hidden: false as const } : {}),
    }
    if (Object.keys(edits).length === 0) throw invalid(`What shall change of "${args.name}"?`)
    const { api } = await connect()
    const before = restore ? undefined : (await api.getTaskClass({ name: args.name })).task_class
    const answer = await api.updateTaskClass({ name: args.name, ...edits })
    if (options.json) return printJson(terminal.out, answer)
    const { name, source, timeout: now } = answer.task_class
    const copy = before?.source === 'file' ? ' · your own copy now goes before the one of sparkq.yml' : ''
    const said = restore ? `Task class "${name}" is back · ${source}` : `Changed task class "${name}"${copy}`
    terminal.out.line(`${said} · ${span(now)}`)
  },
})
