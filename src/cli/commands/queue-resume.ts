import { defineCommand } from '../command.ts'
import { idleQueue } from '../kinds.ts'
import { jsonOption } from '../options.ts'
import { printJson } from '../terminal.ts'

export const command = defineCommand({
  summary: 'Go on with a paused queue.',
  args: { queue: { value: 'NAME', kind: idleQueue, describe: 'its name or id' } },
  options: { json: jsonOption },
  examples: ['sparkq queue resume auth'],
  run: async ({ args, options, terminal, connect }) => {
    const { api } = await connect()
    const { queue } = await api.resumeQueue({ id: args.queue })
    if (options.json) return printJson(terminal.out, { queue })
    terminal.out.line(`Resumed queue "${queue.name}".`)
  },
})
