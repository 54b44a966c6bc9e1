import { defineCommand } from '../command.ts'
import { queuesOfSession } from '../lanes.ts'
import { cancelOption, jsonOption, yesOption } from '../options.ts'
import { confirmEnd, isAsked, sumCounts } from '../removal.ts'
import { printJson } from '../terminal.ts'
import { count } from '../text.ts'

export const command = defineCommand({
  summary: 'End a session and its queues; queued tasks are cancelled.',
  args: { session: { value: 'SESSION', kind: 'session', describe: 'its name or id' } },
  options: { yes: yesOption, cancel: cancelOption, json: jsonOption },
  examples: ['sparkq session end api-v2', 'sparkq session end api-v2 --yes --cancel'],
  run: async ({ args, options, terminal, connect }) => {
    const { api } = await connect()
    const { session } = await api.getSession({ id: args.session })
    const counts = sumCounts(await queuesOfSession(api, session.id))
    const name = `Session "${session.name}"`
    if (
      session.status === 'active' &&
      isAsked(options, counts) &&
      !(await confirmEnd(terminal, name, counts))
    )
      return 1
    const answer = await api.endSession({ id: session.id, cancel_running: options.cancel })
    if (options.json) return printJson(terminal.out, answer)
    const cancelled = counts.queued > 0 ? ` · ${count(counts.queued, 'queued task')} cancelled` : ''
    terminal.out.line(`Ended session "${session.name}"${cancelled}.`)
  },
})
