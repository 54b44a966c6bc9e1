import { type Static, Type } from '@sinclair/typebox'
import { Nullable, Seconds } from './fields.ts'

/** What a script takes or makes. One that is not marked as optional is required. */
export const ScriptField = Type.Object({ name: Type.String(), required: Type.Boolean() })
export type ScriptField = Static<typeof ScriptField>

/** A script of the project, as its header describes it. */
export const Script = Type.Object({
  path: Type.String({ description: 'relative to the project; absolute where it lies outside' }),
  name: Type.String({ description: 'as its header says, else its file name without extension' }),
  description: Nullable(Type.String({ description: 'one line' })),
  inputs: Type.Array(ScriptField, { description: 'its arguments, in order' }),
  outputs: Type.Array(ScriptField),
  tags: Type.Array(Type.String()),
  timeout: Nullable(Seconds),
  task_class: Nullable(Type.String()),
})
export type Script = Static<typeof Script>
