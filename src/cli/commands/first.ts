import { defineCommand } from '../command.ts'
import { queuedTask } from '../kinds.ts'
import { jsonOption, taskArg } from '../options.ts'
import { printJson } from '../terminal.ts'

export const command = defineCommand({
  summary: 'Move a queued task to the front of its lane.',
  args: { task: { ...taskArg, kind: queuedTask } },
  options: { json: jsonOption },
  examples: ['sparkq first AUTH-7'],
  run: async ({ args, options, terminal, connect }) => {
    const { api } = await connect()
    const { task } = await api.moveTaskFirst({ id: args.task })
    if (options.json) return printJson(terminal.out, { task })
    terminal.out.line(`${task.friendly_id} is first in "${task.queue.name}" now.`)
  },
})
