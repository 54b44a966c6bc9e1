import { shellArgument } from '../../contract/shell-word.ts'
import { defineCommand } from '../command.ts'
import { sayNext } from '../hints.ts'
import { activeQueue } from '../kinds.ts'
import { jsonOption } from '../options.ts'
import { readMoment } from '../read-time.ts'
import { printJson } from '../terminal.ts'
import { clock } from '../times.ts'

export const command = defineCommand({
  summary: 'Pause a queue: what runs goes on, nothing new begins.',
  args: { queue: { value: 'NAME', kind: activeQueue, describe: 'its name or id' } },
  options: {
    reason: { type: 'text', value: 'TEXT', describe: 'why; it is shown with the queue' },
    for: { type: 'text', value: 'DURATION', describe: 'go on by itself after 90s, 30m, 2h, 1d' },
    until: { type: 'text', value: 'TIME', describe: 'go on by itself at 05:00 or an RFC 3339 time' },
    json: jsonOption,
  },
  examples: ['sparkq queue pause auth --reason "the staging server is down" --for 2h'],
  run: async ({ args, options, terminal, connect }) => {
    const resume_at = readMoment({ in: options.for, at: options.until }, { in: '--for', at: '--until' })
    const { api } = await connect()
    const { queue } = await api.pauseQueue({
      id: args.queue,
      ...(options.reason === undefined ? {} : { reason: options.reason }),
      ...(resume_at === undefined ? {} : { resume_at }),
    })
    if (options.json) return printJson(terminal.out, { queue })
    const until = queue.resume_at ? ` until ${clock(queue.resume_at)}` : ''
    terminal.out.line(`Paused queue "${queue.name}"${until}.`)
    sayNext(terminal.err, [[`sparkq queue resume ${shellArgument(queue.name)}`, 'go on']])
  },
})
