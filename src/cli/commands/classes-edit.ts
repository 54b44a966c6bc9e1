import { invalid } from '../../contract/errors.ts'
import { defineCommand } from '../command.ts'
import { jsonOption, timeoutOption } from '../options.ts'
import { printJson } from '../terminal.ts'
import { span } from '../times.ts'
import {
  classArg,
  described,
  describeOption,
  editNotes,
  requireHidden,
  restoreOption,
} from '../tool-options.ts'
import { changedText } from '../tool-text.ts'

export const command = defineCommand({
  summary: 'Change a task class.',
  args: { name: classArg },
  options: { timeout: timeoutOption, description: describeOption, restore: restoreOption, json: jsonOption },
  notes: editNotes,
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
    if (restore)
      requireHidden((await api.listTaskClasses({ hidden: true })).task_classes, args.name, 'classes')
    const before = restore ? undefined : (await api.getTaskClass({ name: args.name })).task_class
    const answer = await api.updateTaskClass({ name: args.name, ...edits })
    if (options.json) return printJson(terminal.out, answer)
    const { task_class } = answer
    terminal.out.line(`${changedText('Task class', task_class, before)} · ${span(task_class.timeout)}`)
  },
})
