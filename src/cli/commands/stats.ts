import type { Usage } from '../../contract/agents.ts'
import type { Output } from '../../contract/api.ts'
import type { WorkStats } from '../../contract/stats.ts'
import { usd } from '../../contract/words.ts'
import { defineCommand } from '../command.ts'
import { sayNext } from '../hints.ts'
import { jsonOption, onlyQueueOption, onlySessionOption, sinceOption } from '../options.ts'
import { readSince } from '../read-time.ts'
import { type Cell, type Column, printTable } from '../table.ts'
import { type Face, printJson } from '../terminal.ts'
import { oneLine } from '../text.ts'
import { duration } from '../times.ts'

export const command = defineCommand({
  summary: 'Show per lane and per tool what became of tasks, how long that took, and what it cost.',
  options: {
    queue: onlyQueueOption,
    session: onlySessionOption,
    since: sinceOption('all there is'),
    json: jsonOption,
  },
  notes: `"run" is how long the last attempt of a task ran, "wait" how long it stood in its lane before (a delay that was asked for
included), "work" the time of all attempts together. Cancelled tasks are left out of the success rate. What was purged is not
counted any more, but for what it cost. "cost" is what agents reckon, at the prices of the API; "tokens" are those that went in and
out. Where agents ran on several days, each day has its line.`,
  examples: ['sparkq stats', 'sparkq stats --queue auth --since yesterday', 'sparkq stats --json'],
  run: async ({ options, terminal, connect }) => {
    const since = readSince(options.since)
    const { api } = await connect()
    const stats = await api.getWorkStats({
      ...(options.queue === undefined ? {} : { queue_id: options.queue }),
      ...(options.session === undefined ? {} : { session_id: options.session }),
      ...(since === undefined ? {} : { since }),
    })
    if (options.json) return printJson(terminal.out, stats)
    if (stats.lanes.length === 0) {
      terminal.err.line(
        since === undefined ? 'No task has finished yet.' : 'No task has finished since then.',
      )
      sayNext(terminal.err, [['sparkq status', 'how things are now']])
      return
    }
    show(terminal.out, stats)
  },
})

function show(out: Face, { total, lanes, tools, days }: Output<'getWorkStats'>): void {
  const hasAgents = days.length > 0
  const together = lanes.length > 1 ? [toRow('all', total, hasAgents, 'bold')] : []
  printTable(out, columnsOf('lane', hasAgents), [
    ...lanes.map(it => toRow(oneLine(it.queue.name), it, hasAgents)),
    ...together,
  ])
  out.line()
  printTable(
    out,
    columnsOf('tool', hasAgents),
    tools.map(it => toRow(it.tool_name, it, hasAgents)),
  )
  if (days.length < 2) return
  out.line()
  printTable(
    out,
    dayColumns,
    days.map(({ day, runs, usage }) => [day, String(runs), ...usageCells(usage)]),
  )
}

const dayColumns: readonly Column[] = [
  { title: 'day' },
  ...['runs', 'cost', 'tokens'].map(title => ({ title, align: 'right' }) as const),
]

const columnsOf = (name: string, hasAgents: boolean): readonly Column[] => [
  { title: name, flexible: true },
  ...[...columns, ...(hasAgents ? ['cost', 'tokens'] : [])].map(
    title => ({ title, align: 'right' }) as const,
  ),
]

const columns = ['done', 'failed', 'retried', 'success', 'run', 'p95', 'wait', 'p95', 'work']

function toRow(name: string, stats: WorkStats, hasAgents: boolean, style?: 'bold'): Cell[] {
  const { succeeded, failed, retried, success_rate, run_seconds, wait_seconds, work_seconds } = stats
  return [
    { text: name, style },
    String(succeeded),
    { text: String(failed), style: failed > 0 ? 'red' : undefined },
    String(retried),
    success_rate === null ? '' : `${percent(success_rate)} %`,
    ...[run_seconds.median, run_seconds.p95, wait_seconds.median, wait_seconds.p95].map(secondsText),
    secondsText(work_seconds),
    ...(hasAgents ? usageCells(stats.usage) : []),
  ]
}

/** Empty where no agent ran; without a cost where none of them reckons it. */
function usageCells({ input_tokens, output_tokens, cost_usd }: Usage): string[] {
  const tokens = input_tokens + output_tokens
  return [cost_usd === null ? '' : usd(cost_usd), tokens === 0 ? '' : thousands(tokens)]
}

/** `840`, `12.3k`, `4.1M`. */
function thousands(number: number): string {
  if (number < 1000) return String(number)
  const isMany = number >= 999_950
  return `${(number / (isMany ? 1_000_000 : 1000)).toFixed(1)}${isMany ? 'M' : 'k'}`
}

/** Whole, but neither 100 where something failed nor 0 where something succeeded. */
const percent = (rate: number): number =>
  rate === 0 || rate === 1 ? rate * 100 : Math.min(99, Math.max(1, Math.round(rate * 100)))

const secondsText = (seconds: number | null): string => (seconds === null ? '' : duration(seconds * 1000))
