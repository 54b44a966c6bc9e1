import { defineCommand } from '../command.ts'
import { listedQueue } from '../kinds.ts'
import { requireQueueName } from '../lanes.ts'
import { queueOption } from '../options.ts'
import { sayWhyNothing } from '../why-nothing.ts'

export const command = defineCommand({
  summary: 'Show the task that a claim would take; nothing changes.',
  args: {
    queue: { value: 'NAME', kind: listedQueue, describe: 'the lane, unless -q names it', optional: true },
  },
  options: { queue: queueOption },
  notes: 'Prints the task as one line of JSON, and nothing when there is none to take.',
  examples: ['sparkq peek -q auth'],
  run: async ({ args, options, terminal, connect }) => {
    const { api } = await connect()
    const id = await requireQueueName(api, [options.queue, args.queue])
    const answer = await api.peekQueue({ id })
    if (answer.task) terminal.out.data(JSON.stringify(answer.task))
    else await sayWhyNothing(terminal, api, id, answer)
  },
})
