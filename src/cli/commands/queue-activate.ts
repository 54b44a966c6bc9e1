import { defineCommand } from '../command.ts'
import { unstartedQueue } from '../kinds.ts'
import { jsonOption } from '../options.ts'
import { printJson } from '../terminal.ts'

export const command = defineCommand({
  summary: 'Start a planned queue.',
  args: { queue: { value: 'NAME', kind: unstartedQueue, describe: 'its name or id' } },
  options: { json: jsonOption },
  examples: ['sparkq queue activate auth'],
  run: async ({ args, options, terminal, connect }) => {
    const { api } = await connect()
    const { queue } = await api.activateQueue({ id: args.queue })
    if (options.json) return printJson(terminal.out, { queue })
    terminal.out.line(`Activated queue "${queue.name}".`)
  },
})
