import { defineCommand } from '../command.ts'
import { forEach } from '../each.ts'
import { idleTask } from '../kinds.ts'
import { jsonOption, tasksArg } from '../options.ts'
import { workText } from '../queued.ts'
import { printJson } from '../terminal.ts'

export const command = defineCommand({
  summary: 'Delete tasks that are not running, with their output.',
  args: { tasks: { ...tasksArg, kind: idleTask } },
  options: { json: jsonOption },
  examples: ['sparkq rm AUTH-7', 'sparkq rm AUTH-7 AUTH-8'],
  run: async ({ args, options, terminal, connect }) => {
    const { api } = await connect()
    return forEach(args.tasks, terminal, async id => {
      const { task } = await api.deleteTask({ id })
      if (options.json) printJson(terminal.out, { task })
      else terminal.out.line(`Deleted ${task.friendly_id} · ${workText(terminal, task)}`)
    })
  },
})
