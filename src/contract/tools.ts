import { type Static, Type } from '@sinclair/typebox'
import { Nullable, oneOf, Seconds } from './fields.ts'

/** Where a tool or class comes from: `sparkq.yml`, or a person in the UI, CLI or API; the person's wins. */
export const sources = ['file', 'user'] as const

export const Tool = Type.Object({
  name: Type.String(),
  description: Nullable(Type.String()),
  task_class: Type.String(),
  timeout: Nullable(Seconds),
  source: oneOf(sources),
})
export type Tool = Static<typeof Tool>

export const TaskClass = Type.Object({
  name: Type.String(),
  timeout: Seconds,
  description: Nullable(Type.String()),
  source: oneOf(sources),
})
export type TaskClass = Static<typeof TaskClass>
