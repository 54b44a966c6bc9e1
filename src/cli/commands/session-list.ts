import { readPages } from '../../contract/pages.ts'
import { sessionStatuses } from '../../contract/sessions.ts'
import { defineCommand } from '../command.ts'
import { sayNext } from '../hints.ts'
import { readLimit } from '../limit.ts'
import { jsonOption } from '../options.ts'
import { printTable } from '../table.ts'
import { printJson } from '../terminal.ts'
import { relative } from '../times.ts'

export const command = defineCommand({
  summary: 'List sessions, the newest first.',
  options: {
    status: {
      type: 'text',
      value: 'STATUS',
      choices: sessionStatuses,
      describe: 'only those in this state',
    },
    limit: { type: 'whole', value: 'N', min: 0, describe: 'no more than this many' },
    json: jsonOption,
  },
  examples: ['sparkq session list', 'sparkq session list --status active --json'],
  run: async ({ options, terminal, connect }) => {
    const { api } = await connect()
    const { status } = options
    const answer = await readPages(
      'sessions',
      page => api.listSessions({ ...(status ? { status } : {}), ...page }),
      readLimit(options.limit, Number.POSITIVE_INFINITY),
    )
    if (options.json) return printJson(terminal.out, answer)
    if (answer.sessions.length === 0) {
      terminal.err.line(status ? `No session is ${status}.` : 'There is no session yet.')
      sayNext(terminal.err, [['sparkq session create NAME', 'begin one']])
      return undefined
    }
    printTable(
      terminal.out,
      [
        { title: 'session', flexible: true },
        { title: 'status' },
        { title: 'queues', align: 'right' },
        { title: 'created' },
      ],
      answer.sessions.map(it => [it.name, it.status, String(it.queue_count), relative(it.created_at)]),
    )
  },
})
