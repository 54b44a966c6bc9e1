import { defineCommand } from '../command.ts'
import { listedQueue } from '../kinds.ts'
import { jsonOption } from '../options.ts'
import { printJson } from '../terminal.ts'

export const command = defineCommand({
  summary: 'Hide a queue; nothing in it is lost.',
  args: { queue: { value: 'NAME', kind: listedQueue, describe: 'its name or id' } },
  options: { json: jsonOption },
  examples: ['sparkq queue archive auth'],
  run: async ({ args, options, terminal, connect }) => {
    const { api } = await connect()
    const { queue } = await api.archiveQueue({ id: args.queue })
    if (options.json) return printJson(terminal.out, { queue })
    terminal.out.line(`Archived queue "${queue.name}".`)
  },
})
