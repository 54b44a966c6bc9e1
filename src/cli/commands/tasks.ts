import type { Api, Input } from '../../contract/api.ts'
import { readPages } from '../../contract/pages.ts'
import { reviewStates, type Task, taskStatuses } from '../../contract/tasks.ts'
import { type Context, defineCommand } from '../command.ts'
import { sayNext } from '../hints.ts'
import { findQueue, listQueues, queuesOfSession } from '../lanes.ts'
import { readLimit } from '../limit.ts'
import { jsonOption, queueOption } from '../options.ts'
import { sumCounts } from '../removal.ts'
import { type Cell, type Column, printTable } from '../table.ts'
import { describeWork, glyphOf, statusText, timeText, whenText } from '../task-text.ts'
import { printJson } from '../terminal.ts'
import { usd } from '../text.ts'

/** As many as a screen bears; in a pipe or as JSON it is all. */
const screenful = 30

const options = {
  queue: { ...queueOption, describe: 'only those of this lane' },
  session: { type: 'text', value: 'SESSION', kind: 'session', describe: 'only those of this session' },
  status: { type: 'text', value: 'STATUS', choices: taskStatuses, describe: 'only those in this state' },
  tool: { type: 'text', short: 't', value: 'TOOL', kind: 'tool', describe: 'only those of this tool' },
  review: {
    type: 'text',
    value: 'STATE',
    what: 'review state',
    choices: reviewStates,
    describe: 'only those whose review is',
  },
  search: { type: 'text', value: 'TEXT', describe: 'only those with this in id, payload, summary or error' },
  limit: {
    type: 'whole',
    value: 'N',
    min: 0,
    describe: `no more than this many; 0 for all; ${screenful} on a terminal`,
  },
  json: jsonOption,
} as const

type Typed = Context<Record<never, never>, typeof options>

export const command = defineCommand({
  summary: 'List tasks, the newest first.',
  options,
  examples: [
    'sparkq tasks',
    'sparkq tasks --queue auth --status failed',
    'sparkq tasks --search migrate --json',
  ],
  run: async context => {
    const { options, terminal } = context
    const { api } = await context.connect()
    const filter = readFilter(options)
    const usual = options.json || !terminal.out.isTerminal ? Number.POSITIVE_INFINITY : screenful
    const limit = readLimit(options.limit, usual)
    const answer = await readPages('tasks', page => api.listTasks({ ...filter, ...page }), limit)
    if (options.json) return printJson(terminal.out, answer)
    if (answer.tasks.length === 0) return sayNone(context, filter)
    const hasCost = terminal.out.columns >= roomForCost && answer.tasks.some(it => it.cost_usd !== null)
    const shown = columns.filter(({ title }) => hasCost || title !== 'cost')
    printTable(
      terminal.out,
      shown,
      answer.tasks.map(task => toRow(task, hasCost)),
    )
    if (answer.next_cursor !== null) await sayMore(context, api, filter, answer.tasks.length)
  },
})

type Filter = Omit<Input<'listTasks'>, 'limit' | 'cursor'>

function readFilter(options: Typed['options']): Filter {
  const filter = {
    queue_id: options.queue,
    session_id: options.session,
    status: options.status,
    tool_name: options.tool,
    review: options.review,
    q: options.search,
  }
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined))
}

/** Narrower than this, what a task is about is worth more. */
const roomForCost = 100

const columns: readonly Column[] = [
  { title: '' },
  { title: 'task' },
  { title: 'tool' },
  { title: 'what', flexible: true },
  { title: 'status' },
  { title: 'time', align: 'right' },
  { title: 'cost', align: 'right' },
  { title: 'when' },
]

function toRow(task: Task, hasCost: boolean): Cell[] {
  const glyph = glyphOf(task)
  const status = { text: statusText(task), style: glyph.style }
  const cost = hasCost ? [task.cost_usd === null ? '' : usd(task.cost_usd)] : []
  const what = [task.friendly_id, task.tool_name, describeWork(task)]
  return [glyph, ...what, status, timeText(task), ...cost, whenText(task)]
}

function sayNone({ terminal }: Typed, filter: Filter): undefined {
  if (Object.keys(filter).length > 0) {
    terminal.err.line('No task is like that.')
    sayNext(terminal.err, [['sparkq tasks', 'all of them']])
  } else {
    terminal.err.line('There is no task yet.')
    sayNext(terminal.err, [[`sparkq enqueue -q NAME -c 'COMMAND'`, 'queue one']])
  }
}

async function sayMore({ terminal }: Typed, api: Api, filter: Filter, shown: number): Promise<void> {
  const total = await countTasks(api, filter)
  if (total === shown) return
  const more = total === undefined ? 'there are more' : `${total - shown} more`
  terminal.err.line(terminal.err.paint('dim', `  ${shown} shown, ${more} · --limit 0 shows all`))
}

/** What the lanes' counts tell; undefined when the filter asks for more than they know. */
async function countTasks(api: Api, filter: Filter): Promise<number | undefined> {
  if (filter.tool_name ?? filter.review ?? filter.q) return undefined
  const queues =
    filter.queue_id !== undefined
      ? [await findQueue(api, filter.queue_id)]
      : filter.session_id !== undefined
        ? await queuesOfSession(api, filter.session_id)
        : await listQueues(api, { archived: true })
  const counts = sumCounts(queues)
  if (filter.status) return counts[filter.status]
  return counts.queued + counts.running + counts.succeeded + counts.failed
}
