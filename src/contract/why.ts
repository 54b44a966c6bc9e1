import { type Static, Type } from '@sinclair/typebox'
import { Nullable, oneOf, Timestamp } from './fields.ts'

/** Why a task is not running, or that it is: everything `explainTask` may answer. */
export const whyCodes = [
  // It is over.
  'succeeded',
  'failed',
  // It runs.
  'running',
  'stale',
  'stalled',
  'cancelling',
  'orphaned',
  // Nothing is claimed from its lane.
  'lane_planned',
  'lane_paused',
  'lane_ended',
  'lane_archived',
  // It waits by itself.
  'not_before',
  'retry',
  'limit',
  'worker_lost',
  'question',
  'other_tool',
  'tool_missing',
  'provider',
  // Nobody is there to take it.
  'no_runner',
  'runner_off',
  'runner_died',
  'runner_stopping',
  // Others are before it.
  'behind',
  'no_space',
  'max_running',
  'tree_busy',
  // Nothing is in its way.
  'next',
] as const
export type WhyCode = (typeof whyCodes)[number]

export const Why = Type.Object({
  code: oneOf(whyCodes),
  sentence: Type.String({ description: 'times in it are the local ones of the machine that answers' }),
  /** When that changes by itself, at the latest; null where no time is set. */
  until: Nullable(Timestamp),
  task_id: Nullable(Type.String({ description: 'the task that it waits for' })),
  /** How many tasks are in line before it; null where it is not queued. */
  ahead: Nullable(Type.Integer()),
  next: Type.Array(Type.String({ description: 'a command to type' })),
})
export type Why = Static<typeof Why>
