import { readPages } from '../../contract/pages.ts'
import { queueStatuses } from '../../contract/queues.ts'
import { defineCommand } from '../command.ts'
import { sayNext } from '../hints.ts'
import { readLimit } from '../limit.ts'
import { jsonOption } from '../options.ts'
import { queueGlyph, queueStatusText } from '../queue-text.ts'
import { printTable } from '../table.ts'
import { printJson } from '../terminal.ts'

const columns = [
  { title: '' },
  { title: 'queue', flexible: true },
  { title: 'session' },
  { title: 'queued', align: 'right' },
  { title: 'running', align: 'right' },
  { title: 'succeeded', align: 'right' },
  { title: 'failed', align: 'right' },
  { title: 'status' },
] as const

export const command = defineCommand({
  summary: 'List queues, the newest first; archived ones with --all.',
  options: {
    session: { type: 'text', value: 'SESSION', kind: 'session', describe: 'only those of this session' },
    status: { type: 'text', value: 'STATUS', choices: queueStatuses, describe: 'only those in this state' },
    all: { type: 'flag', describe: 'archived ones too' },
    limit: { type: 'whole', value: 'N', min: 0, describe: 'no more than this many' },
    json: jsonOption,
  },
  examples: ['sparkq queue list', 'sparkq queue list --session api-v2 --json'],
  run: async ({ options, terminal, connect }) => {
    const { api } = await connect()
    const filter = {
      ...(options.session ? { session_id: options.session } : {}),
      ...(options.status ? { status: options.status } : {}),
      ...(options.all ? { archived: true } : {}),
    }
    const answer = await readPages(
      'queues',
      page => api.listQueues({ ...filter, ...page }),
      readLimit(options.limit, Number.POSITIVE_INFINITY),
    )
    if (options.json) return printJson(terminal.out, answer)
    if (answer.queues.length === 0) {
      terminal.err.line(Object.keys(filter).length > 0 ? 'No queue is like that.' : 'There is no queue yet.')
      sayNext(terminal.err, [['sparkq queue create NAME', 'make one']])
      return undefined
    }
    const rows = answer.queues.map(queue => {
      const { queued, running, succeeded, failed } = queue.counts
      const counts = [queued, running, succeeded, failed].map(String)
      return [queueGlyph(queue), queue.name, queue.session.name, ...counts, queueStatusText(queue)]
    })
    printTable(terminal.out, columns, rows)
  },
})
