import { defineCommand } from '../command.ts'
import { sayNext } from '../hints.ts'
import { jsonOption } from '../options.ts'
import { mending, providerArg, title } from '../provider-text.ts'
import { readMoment } from '../read-time.ts'
import { printJson } from '../terminal.ts'
import { count } from '../text.ts'
import { clock } from '../times.ts'

export const command = defineCommand({
  summary: 'Begin no task that needs this agent: what runs goes on.',
  args: { name: providerArg },
  options: {
    reason: { type: 'text', value: 'TEXT', describe: 'why; it is shown with what waits' },
    for: { type: 'text', value: 'DURATION', describe: 'go on by itself after 90s, 30m, 2h, 1d' },
    until: { type: 'text', value: 'TIME', describe: 'go on by itself at 05:00 or an RFC 3339 time' },
    json: jsonOption,
  },
  examples: ['sparkq providers pause claude --reason "I need the rest of today’s limit" --until 22:00'],
  run: async ({ args, options, terminal: { out, err }, connect }) => {
    const until = readMoment({ in: options.for, at: options.until }, { in: '--for', at: '--until' })
    const { api } = await connect()
    const answer = await api.pauseProvider({
      name: args.name as 'claude',
      ...(options.reason === undefined ? {} : { reason: options.reason }),
      ...(until === undefined ? {} : { until }),
    })
    if (options.json) return printJson(out, answer)
    const { provider } = answer
    const end = provider.until === null ? '' : ` until ${clock(provider.until)}`
    out.line(`Paused ${title(provider.name)}${end} · ${count(provider.queued, 'task waits', 'tasks wait')}`)
    sayNext(err, mending(provider))
  },
})
