import { noUsage, type Usage } from '../contract/agents.ts'
import type { Input, Output } from '../contract/api.ts'
import type { DayStats, WorkStats } from '../contract/stats.ts'
import type { SpentGroup } from '../store/spending.ts'
import type { FinishedGroup } from '../store/stats.ts'
import type { Context } from './context.ts'
import { sum as sumUsage } from './conversations.ts'
import { findQueue, findSession } from './find.ts'
import { readTime } from './time-input.ts'

/** What finished and what was spent: tasks are purged, and what they cost stays. */
type Group = Partial<FinishedGroup> & Pick<FinishedGroup, 'queue_id' | 'tool_name'> & { usage: Usage }

export function getWorkStats(ctx: Context, input: Input<'getWorkStats'> = {}): Output<'getWorkStats'> {
  const filter = {
    queue_id: input.queue_id === undefined ? null : findQueue(ctx, input.queue_id).id,
    session_id: input.session_id === undefined ? null : findSession(ctx, input.session_id).id,
    since: readTime(input.since) ?? '',
  }
  const spent = ctx.store.spending.groups(filter)
  const groups = [
    ...ctx.store.stats.finished(filter).map((it): Group => ({ ...it, usage: noUsage })),
    ...spent.map(
      ({ queue_id, queue_name, tool_name, ...usage }): Group => ({
        ...{ queue_id, tool_name, usage: usageOf(usage) },
        ...(queue_name === null ? {} : { queue_name }),
      }),
    ),
  ]
  // Of a lane that was deleted only what it cost is left, and no name.
  const lanes = together(groups, it => it.queue_id).flatMap(([{ queue_id, queue_name }, stats]) =>
    queue_name === undefined ? [] : [{ queue: { id: queue_id, name: queue_name }, ...stats }],
  )
  const tools = together(groups, it => it.tool_name).map(([{ tool_name }, stats]) => ({
    tool_name,
    ...stats,
  }))
  return { total: summarise(groups), lanes, tools, days: daysOf(spent) }
}

const usageOf = ({ input_tokens, cached_input_tokens, output_tokens, cost_usd }: Usage): Usage => ({
  ...{ input_tokens, cached_input_tokens, output_tokens, cost_usd },
})

function daysOf(spent: SpentGroup[]): DayStats[] {
  return [...Map.groupBy(spent, it => it.day)].map(([day, groups]) => ({
    day,
    runs: groups.reduce((total, it) => total + it.runs, 0),
    usage: groups.map(usageOf).reduce(sumUsage, noUsage),
  }))
}

/** What has the same key as one, with its first group. */
function together(groups: Group[], keyOf: (group: Group) => string): [Group, WorkStats][] {
  return [...Map.groupBy(groups, keyOf).values()].map(members => [members[0] as Group, summarise(members)])
}

function summarise(groups: Group[]): WorkStats {
  const sum = (key: 'succeeded' | 'failed' | 'cancelled' | 'retried' | 'work'): number =>
    groups.reduce((total, group) => total + (group[key] ?? 0), 0)
  const succeeded = sum('succeeded')
  const failed = sum('failed')
  return {
    succeeded,
    failed,
    cancelled: sum('cancelled'),
    retried: sum('retried'),
    success_rate: succeeded + failed === 0 ? null : succeeded / (succeeded + failed),
    run_seconds: spread(groups.map(group => group.runs ?? [])),
    wait_seconds: spread(groups.map(group => group.waits ?? [])),
    work_seconds: sum('work') / 1000,
    usage: groups.map(it => it.usage).reduce(sumUsage, noUsage),
  }
}

/** By nearest rank: each is one of the durations. */
function spread(durations: number[][]) {
  const ms = Float64Array.from(durations.flat()).sort()
  const at = (part: number): number | null =>
    ms.length === 0 ? null : (ms[Math.ceil(part * ms.length) - 1] as number) / 1000
  return { median: at(0.5), p95: at(0.95) }
}
