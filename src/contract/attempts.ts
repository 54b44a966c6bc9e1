import { type Static, Type } from '@sinclair/typebox'
import { AgentRun, agentOutcomes } from './agents.ts'
import { Changes } from './changes.ts'
import { Json, Nullable, oneOf, Strict, Timestamp } from './fields.ts'
import { errorTypes } from './tasks.ts'

/** A process that can be told from any other, for ever: a pid alone comes back. */
export const ProcessIdentity = Strict({
  pid: Type.Integer({ minimum: 1 }),
  start_time: Type.String({ description: 'as the kernel counts it; opaque, compared for equality' }),
  boot_id: Type.String({ description: 'of the machine’s boot it lives in' }),
  hostname: Type.String(),
})
export type ProcessIdentity = Static<typeof ProcessIdentity>

/** What stopping a process tree took, and whether anything survived. */
export const StopReport = Strict({
  signals: Type.Array(Strict({ signal: Type.String(), at: Timestamp, processes: Type.Integer() })),
  stopped: Type.Integer({
    description: 'processes that were there when the stop began, or appeared while it went on',
  }),
  survivors: Type.Array(Strict({ pid: Type.Integer(), command: Type.String() })),
})
export type StopReport = Static<typeof StopReport>

export const stopCauses = ['cancelled', 'timeout', 'stalled'] as const
export type StopCause = (typeof stopCauses)[number]

/**
 * How a run ended, as whoever watched it saw it. `core` decides what that means for the task.
 * `stopped`: we stopped it, for this cause; how the process then ended does not matter.
 * `no_room`: it was not started, as its output could not be kept; that is not the task's fault, and passes.
 * `agent`: an agent ran, and this is how; `detail` is one sentence of the agent's or of ours.
 * `check_failed`: what was to prove that the work is done says that it is not.
 */
export const Ending = Type.Union([
  Strict({ kind: Type.Literal('exit'), code: Type.Integer() }),
  Strict({ kind: Type.Literal('signal'), signal: Type.String() }),
  Strict({
    kind: Type.Literal('stopped'),
    cause: oneOf(stopCauses),
    code: Type.Optional(Nullable(Type.Integer())),
    signal: Type.Optional(Nullable(Type.String())),
  }),
  Strict({ kind: Type.Literal('spawn_failed'), detail: Type.String() }),
  Strict({ kind: Type.Literal('invalid_payload'), detail: Type.String() }),
  Strict({ kind: Type.Literal('vanished'), detail: Type.String() }),
  Strict({ kind: Type.Literal('not_started'), detail: Type.String() }),
  Strict({ kind: Type.Literal('no_room'), detail: Type.String() }),
  Strict({
    kind: Type.Literal('agent'),
    outcome: oneOf(agentOutcomes),
    detail: Type.String(),
    code: Type.Optional(Nullable(Type.Integer())),
    signal: Type.Optional(Nullable(Type.String())),
  }),
  Strict({
    kind: Type.Literal('check_failed'),
    detail: Type.String(),
    code: Type.Optional(Nullable(Type.Integer())),
  }),
])
export type Ending = Static<typeof Ending>

export const attemptOutcomes = ['succeeded', 'failed', 'returned'] as const

export const Attempt = Type.Object({
  task_id: Type.String(),
  number: Type.Integer(),
  charged: Type.Boolean(),
  outcome: Nullable(oneOf(attemptOutcomes)),
  worker_id: Nullable(Type.String()),
  runner_id: Nullable(Type.String()),
  claim_key: Nullable(Type.String()),
  process: Nullable(ProcessIdentity),
  /** The worker outside that has it as long as it lives; null: whoever has it, until its time is over. */
  bound: Nullable(ProcessIdentity),
  cwd: Nullable(Type.String()),
  command: Nullable(Type.Array(Type.String())),
  claimed_at: Timestamp,
  started_at: Nullable(Timestamp),
  finished_at: Nullable(Timestamp),
  exit_code: Nullable(Type.Integer()),
  signal: Nullable(Type.String()),
  error_type: Nullable(oneOf(errorTypes)),
  error_message: Nullable(Type.String()),
  error_detail: Nullable(Type.String()),
  result_summary: Nullable(Type.String()),
  result_data: Json,
  warnings: Type.Array(Type.String()),
  stop_cause: Nullable(oneOf(stopCauses)),
  stop: Nullable(StopReport),
  agent: Nullable(AgentRun),
  changes: Nullable(Changes),
  conversation_id: Nullable(Type.String()),
  /** The work tree that it has to itself while it runs; null where it shares one. */
  tree: Nullable(Type.String()),
})
export type Attempt = Static<typeof Attempt>

export const outputStreams = ['stdout', 'stderr'] as const
export type OutputStream = (typeof outputStreams)[number]

/** `stream` had grown to `offset` bytes when the runner looked, at `at`. In the order seen. */
export const OutputMark = Strict({ at: Timestamp, stream: oneOf(outputStreams), offset: Type.Integer() })
export type OutputMark = Static<typeof OutputMark>

/** Bytes of a stream that are not kept, from `from` up to `to`: it was more than `limits.max_output_mb`. */
export const LeftOut = Strict({
  from: Type.Integer({ minimum: 0 }),
  to: Type.Integer({ minimum: 1 }),
})
export type LeftOut = Static<typeof LeftOut>
