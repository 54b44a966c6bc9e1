import { defineCommand } from '../command.ts'
import { openQueue } from '../kinds.ts'
import { findQueue } from '../lanes.ts'
import { cancelOption, jsonOption, yesOption } from '../options.ts'
import { confirmEnd, isAsked } from '../removal.ts'
import { printJson } from '../terminal.ts'
import { count } from '../text.ts'

export const command = defineCommand({
  summary: 'End a queue for good; its queued tasks are cancelled.',
  args: { queue: { value: 'NAME', kind: openQueue, describe: 'its name or id' } },
  options: { yes: yesOption, cancel: cancelOption, json: jsonOption },
  examples: ['sparkq queue end auth', 'sparkq queue end auth --yes --cancel'],
  run: async ({ args, options, terminal, connect }) => {
    const { api } = await connect()
    const { id, name, status, counts } = await findQueue(api, args.queue)
    const isOpen = status !== 'ended' && status !== 'archived'
    if (isOpen && isAsked(options, counts) && !(await confirmEnd(terminal, `Queue "${name}"`, counts)))
      return 1
    const answer = await api.endQueue({ id, cancel_running: options.cancel })
    if (options.json) return printJson(terminal.out, answer)
    const cancelled = counts.queued > 0 ? ` · ${count(counts.queued, 'queued task')} cancelled` : ''
    terminal.out.line(`Ended queue "${name}"${cancelled}.`)
  },
})
