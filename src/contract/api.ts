import type { Static, TSchema } from '@sinclair/typebox'
import type { Event } from './events.ts'
import type { OperationName, operations } from './operations.ts'

type Operations = typeof operations

export type Input<N extends OperationName> = Static<Operations[N]['input']>
export type Output<N extends OperationName> = Operations[N]['output'] extends TSchema
  ? Static<Operations[N]['output']>
  : OutputChunk

/** A stretch of one output stream. `bytes` is empty when there is nothing at `offset` yet. */
export type OutputChunk = {
  bytes: Uint8Array
  offset: number
  next_offset: number
  /** Size of the stream now, in bytes. */
  total: number
  /** The attempt is over: what is there now is all there will ever be. */
  ended: boolean
}

/**
 * What SparkQ can do, as functions. `core` implements it over the database; the HTTP client over the wire; callers do
 * not know which of the two they hold. Every function rejects with a SparkqError.
 */
export type Api = {
  [N in OperationName]: Record<never, never> extends Input<N>
    ? (input?: Input<N>) => Promise<Output<N>>
    : (input: Input<N>) => Promise<Output<N>>
} & {
  /**
   * What happens from now on (or after event `after`), as it happens, until `signal` aborts. Nothing is skipped and
   * nothing comes twice.
   */
  watchEvents(options: { after?: number; signal: AbortSignal }): AsyncIterable<Event>
}
