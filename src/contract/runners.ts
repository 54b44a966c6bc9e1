import { type Static, Type } from '@sinclair/typebox'
import { ProcessIdentity } from './attempts.ts'
import { Name, Nullable, oneOf, Strict, Timestamp } from './fields.ts'

export const runnerModes = ['once', 'run', 'watch'] as const
export type RunnerMode = (typeof runnerModes)[number]

/** A tool that a runner cannot run, as its program is not on the runner's PATH. */
export const MissingTool = Strict({
  tool_name: Type.String(),
  program: Type.String(),
  install: Nullable(Type.String({ description: 'a command' })),
})
export type MissingTool = Static<typeof MissingTool>

/** A runner and the lane it holds: while this row is there and its process lives, nobody else works the lane. */
export const Runner = Type.Object({
  id: Type.String(),
  queue: Type.Object({ id: Type.String(), name: Name }),
  worker_id: Type.String(),
  mode: oneOf(runnerModes),
  process: ProcessIdentity,
  remote: Type.Boolean({ description: 'it speaks to the server over the wire, and may be anywhere' }),
  lost: Type.Boolean({ description: 'its process is gone, or it has been silent for too long' }),
  started_at: Timestamp,
  heartbeat_at: Timestamp,
  /** The process that starts it again when it dies; null: nobody does. */
  supervisor: Nullable(ProcessIdentity),
  done: Type.Integer({ description: 'attempts it has brought to their end' }),
  stop_requested_at: Nullable(Timestamp),
  waiting_since: Nullable(Timestamp),
  task_id: Nullable(Type.String({ description: 'the task it executes now' })),
  missing: Type.Array(MissingTool),
})
export type Runner = Static<typeof Runner>

/** Stable over restarts, so that a lane's history tells which machine worked it. */
export function workerId(hostname: string, queueName: string): string {
  return `worker-${hostname}-${queueName.replaceAll(' ', '_')}`
}
