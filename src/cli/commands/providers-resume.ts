import { defineCommand } from '../command.ts'
import { jsonOption } from '../options.ts'
import { providerArg, title } from '../provider-text.ts'
import { printJson } from '../terminal.ts'
import { count } from '../text.ts'

export const command = defineCommand({
  summary: 'Begin tasks that need this agent again, at once.',
  args: { name: providerArg },
  options: { json: jsonOption },
  notes:
    'Also those that wait for the end of its usage limit. Where it is still limited, the first of them finds out.',
  examples: ['sparkq providers resume claude'],
  run: async ({ args, options, terminal: { out }, connect }) => {
    const { api } = await connect()
    const answer = await api.resumeProvider({ name: args.name as 'claude' })
    if (options.json) return printJson(out, answer)
    const { provider } = answer
    out.line(`${title(provider.name)} takes work again · ${count(provider.queued, 'task', 'tasks')} queued`)
  },
})
