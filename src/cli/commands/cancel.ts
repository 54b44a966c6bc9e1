import type { Task } from '../../contract/tasks.ts'
import { cancelAndWait } from '../cancel-and-wait.ts'
import { defineCommand } from '../command.ts'
import { forEach } from '../each.ts'
import { unfinishedTask } from '../kinds.ts'
import { jsonOption, tasksArg } from '../options.ts'
import { workText } from '../queued.ts'
import { statusText } from '../task-text.ts'
import { printJson } from '../terminal.ts'

export const command = defineCommand({
  summary: 'Cancel queued or running tasks; waits until what runs has ended.',
  args: { tasks: { ...tasksArg, kind: unfinishedTask } },
  options: { json: jsonOption },
  examples: ['sparkq cancel AUTH-7'],
  run: async ({ args, options, terminal, connect }) => {
    const { api } = await connect()
    return forEach(args.tasks, terminal, async id => {
      const task = await cancelAndWait(api, id, running =>
        terminal.err.line(`Stopping ${running.friendly_id} · ${workText(terminal, running)} …`),
      )
      if (options.json) printJson(terminal.out, { task })
      else terminal.out.line(ending(task))
    })
  },
})

function ending(task: Task): string {
  if (task.error_type !== 'cancelled')
    return `${task.friendly_id} had ended already when it was to be stopped · ${statusText(task)}`
  const when = task.claimed_at === null ? 'it had not begun' : 'it was stopped'
  return `Cancelled ${task.friendly_id} · ${when}`
}
