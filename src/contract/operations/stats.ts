import { Type } from '@sinclair/typebox'
import { NameOrId, Strict, TimestampInput } from '../fields.ts'
import { DayStats, LaneStats, ToolStats, WorkStats } from '../stats.ts'
import { get } from './define.ts'

export const statsOperations = {
  getWorkStats: get(
    '/api/stats',
    'Say of finished tasks, per lane and per tool, what became of them, how long that took and what it cost',
    Strict({
      queue_id: Type.Optional(NameOrId),
      session_id: Type.Optional(NameOrId),
      since: Type.Optional(TimestampInput),
    }),
    Type.Object({
      total: WorkStats,
      lanes: Type.Array(LaneStats),
      tools: Type.Array(ToolStats),
      days: Type.Array(DayStats, { description: 'on which agents ran, the first one first' }),
    }),
  ),
} as const
