import type { Input, Output } from '../contract/api.ts'
import type { WorkStats } from '../contract/stats.ts'
import type { FinishedGroup } from '../store/stats.ts'
import type { Context } from './context.ts'
import { findQueue, findSession } from './find.ts'
import { readTime } from './time-input.ts'

export function getWorkStats(ctx: Context, input: Input<'getWorkStats'> = {}): Output<'getWorkStats'> {
  const groups = ctx.store.stats.finished({
    queue_id: input.queue_id === undefined ? null : findQueue(ctx, input.queue_id).id,
    session_id: input.session_id === undefined ? null : findSession(ctx, input.session_id).id,
    since: readTime(input.since) ?? '',
  })
  const lanes = together(groups, it => it.queue_id).map(([first, stats]) => ({
    queue: { id: first.queue_id, name: first.queue_name },
    ...stats,
  }))
  const tools = together(groups, it => it.tool_name).map(([{ tool_name }, stats]) => ({
    tool_name,
    ...stats,
  }))
  return { total: summarise(groups), lanes, tools }
}

/** What has the same key as one, with its first group. */
function together(
  groups: FinishedGroup[],
  keyOf: (group: FinishedGroup) => string,
): [FinishedGroup, WorkStats][] {
  return [...Map.groupBy(groups, keyOf).values()].map(members => [
    members[0] as FinishedGroup,
    summarise(members),
  ])
}

function summarise(groups: FinishedGroup[]): WorkStats {
  const sum = (key: 'succeeded' | 'failed' | 'cancelled' | 'retried' | 'work'): number =>
    groups.reduce((total, group) => total + group[key], 0)
  const succeeded = sum('succeeded')
  const failed = sum('failed')
  return {
    succeeded,
    failed,
    cancelled: sum('cancelled'),
    retried: sum('retried'),
    success_rate: succeeded + failed === 0 ? null : succeeded / (succeeded + failed),
    run_seconds: spread(groups.map(group => group.runs)),
    wait_seconds: spread(groups.map(group => group.waits)),
    work_seconds: sum('work') / 1000,
  }
}

/** By nearest rank: each is one of the durations. */
function spread(durations: number[][]) {
  const ms = Float64Array.from(durations.flat()).sort()
  const at = (part: number): number | null =>
    ms.length === 0 ? null : (ms[Math.ceil(part * ms.length) - 1] as number) / 1000
  return { median: at(0.5), p95: at(0.95) }
}
