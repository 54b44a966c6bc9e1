import { defineCommand } from '../command.ts'
import { queuesOfSession } from '../lanes.ts'
import { cancelOption, jsonOption, yesOption } from '../options.ts'
import { confirmDelete, isAsked, sumCounts } from '../removal.ts'
import { printJson } from '../terminal.ts'
import { count } from '../text.ts'

export const command = defineCommand({
  summary: 'Delete a session with its queues, tasks and output.',
  args: { session: { value: 'SESSION', kind: 'session', describe: 'its name or id' } },
  options: { yes: yesOption, cancel: cancelOption, json: jsonOption },
  examples: ['sparkq session delete api-v2', 'sparkq session delete api-v2 --yes'],
  run: async ({ args, options, terminal, connect }) => {
    const { api } = await connect()
    const { session } = await api.getSession({ id: args.session })
    const queues = await queuesOfSession(api, session.id)
    const counts = sumCounts(queues)
    const name = `Session "${session.name}"`
    if (isAsked(options, counts) && !(await confirmDelete(terminal, name, counts))) return 1
    const answer = await api.deleteSession({ id: session.id, cancel_running: options.cancel })
    if (options.json) return printJson(terminal.out, answer)
    terminal.out.line(`Deleted session "${session.name}" and its ${count(queues.length, 'queue')}.`)
  },
})
