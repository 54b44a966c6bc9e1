import type { Api } from '../../contract/api.ts'
import { defineCommand } from '../command.ts'
import { readLastLine } from '../last-line.ts'
import { jsonOption, taskArg } from '../options.ts'
import { showTask } from '../show-task.ts'
import { printJson } from '../terminal.ts'

export const command = defineCommand({
  summary: 'Show everything about a task.',
  args: { task: taskArg },
  options: { json: jsonOption },
  examples: ['sparkq task AUTH-7', 'sparkq task AUTH-7 --json'],
  run: async ({ args, options, terminal, connect }) => {
    const { api } = await connect()
    const { task } = await api.getTask({ id: args.task })
    if (options.json) return printJson(terminal.out, { task })
    const { attempts } = await api.listAttempts({ id: task.id })
    const original = task.requeued_from ? await nameOf(api, task.requeued_from) : undefined
    const why = task.status === 'queued' ? (await api.explainTask({ id: task.id })).why.sentence : undefined
    const now = task.status === 'running' ? await readLastLine(api, task) : undefined
    showTask(terminal.out, {
      ...{ task, attempts },
      ...(original === undefined ? {} : { original }),
      ...(why === undefined ? {} : { why }),
      ...(now === undefined ? {} : { now }),
    })
  },
})

/** The original may have been deleted: then its id is all that is known. */
function nameOf(api: Api, id: string): Promise<string> {
  return api.getTask({ id }).then(
    answer => answer.task.friendly_id,
    () => id,
  )
}
