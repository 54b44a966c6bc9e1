import { defineCommand } from '../command.ts'
import { archivedQueue } from '../kinds.ts'
import { jsonOption } from '../options.ts'
import { queueStatusText } from '../queue-text.ts'
import { printJson } from '../terminal.ts'

export const command = defineCommand({
  summary: 'Bring an archived queue back, in the state it had.',
  args: { queue: { value: 'NAME', kind: archivedQueue, describe: 'its name or id' } },
  options: { json: jsonOption },
  examples: ['sparkq queue unarchive auth'],
  run: async ({ args, options, terminal, connect }) => {
    const { api } = await connect()
    const { queue } = await api.unarchiveQueue({ id: args.queue })
    if (options.json) return printJson(terminal.out, { queue })
    terminal.out.line(`Brought back queue "${queue.name}" · ${queueStatusText(queue)}`)
  },
})
