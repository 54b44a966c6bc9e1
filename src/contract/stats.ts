import { type Static, Type } from '@sinclair/typebox'
import { Usage } from './agents.ts'
import { Nullable } from './fields.ts'

/** Of some durations in seconds; null where there are none. */
const spread = Type.Object({
  median: Nullable(Type.Number()),
  p95: Nullable(Type.Number({ description: 'nineteen of twenty are no longer' })),
})

/** What became of finished tasks, and how long that took. */
export const WorkStats = Type.Object({
  succeeded: Type.Integer(),
  failed: Type.Integer({ description: 'without what was cancelled' }),
  cancelled: Type.Integer(),
  retried: Type.Integer({ description: 'tasks that took more than one attempt' }),
  success_rate: Nullable(Type.Number({ description: '0 to 1, of what succeeded or failed' })),
  run_seconds: spread,
  /** From when a task was queued to when it was claimed, a delay that was asked for included; of tasks that took one attempt. */
  wait_seconds: spread,
  work_seconds: Type.Number({ description: 'of all attempts together' }),
  /** Of the agents' runs that ended in the time asked for, those of purged tasks included. */
  usage: Usage,
})
export type WorkStats = Static<typeof WorkStats>

export const LaneStats = Type.Object({
  queue: Type.Object({ id: Type.String(), name: Type.String() }),
  ...WorkStats.properties,
})
export type LaneStats = Static<typeof LaneStats>

export const ToolStats = Type.Object({ tool_name: Type.String(), ...WorkStats.properties })
export type ToolStats = Static<typeof ToolStats>

/** A day of the machine that answers, as `2026-01-31`. */
export const DayStats = Type.Object({
  day: Type.String(),
  runs: Type.Integer({ description: 'of agents' }),
  usage: Usage,
})
export type DayStats = Static<typeof DayStats>
