import { defineCommand } from '../command.ts'
import { anyQueue } from '../kinds.ts'
import { findQueue } from '../lanes.ts'
import { cancelOption, jsonOption, yesOption } from '../options.ts'
import { confirmDelete, isAsked } from '../removal.ts'
import { printJson } from '../terminal.ts'

export const command = defineCommand({
  summary: 'Delete a queue with its tasks and their output.',
  args: { queue: { value: 'NAME', kind: anyQueue, describe: 'its name or id' } },
  options: { yes: yesOption, cancel: cancelOption, json: jsonOption },
  examples: ['sparkq queue delete auth', 'sparkq queue delete auth --yes'],
  run: async ({ args, options, terminal, connect }) => {
    const { api } = await connect()
    const { id, name, counts } = await findQueue(api, args.queue)
    if (isAsked(options, counts) && !(await confirmDelete(terminal, `Queue "${name}"`, counts))) return 1
    const answer = await api.deleteQueue({ id, cancel_running: options.cancel })
    if (options.json) return printJson(terminal.out, answer)
    terminal.out.line(`Deleted queue "${name}".`)
  },
})
