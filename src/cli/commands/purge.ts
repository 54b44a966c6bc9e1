import { defineCommand } from '../command.ts'
import { jsonOption } from '../options.ts'
import { printJson } from '../terminal.ts'
import { count } from '../text.ts'

export const command = defineCommand({
  summary: 'Delete finished tasks that are old, with their output.',
  options: {
    'older-than-days': {
      type: 'number',
      value: 'DAYS',
      min: 0,
      unit: 'days',
      describe: 'how long ago they finished; default: purge.older_than_days',
    },
    json: jsonOption,
  },
  notes: 'Queued and running tasks stay, whatever their age.',
  examples: ['sparkq purge', 'sparkq purge --older-than-days 0'],
  run: async ({ options, terminal, connect }) => {
    const { api, project } = await connect()
    const days = options['older-than-days']
    const answer = await api.purge(days === undefined ? {} : { older_than_days: days })
    if (options.json) return printJson(terminal.out, answer)
    const age = count(days ?? project.config.purge.older_than_days, 'day')
    terminal.out.line(
      answer.purged === 0
        ? `Nothing to purge: no task finished more than ${age} ago.`
        : `Deleted ${count(answer.purged, 'task')} that finished more than ${age} ago.`,
    )
  },
})
