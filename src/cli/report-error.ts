import { errorCodes, SparkqError } from '../contract/errors.ts'
import type { Face } from './terminal.ts'
import { indent, visible } from './text.ts'

/**
 * Says what is wrong and what to type next.
 * @returns the exit code
 */
export function reportError(error: unknown, err: Face, { debug }: { debug: boolean }): number {
  const known = error instanceof SparkqError && error.code !== 'internal' ? error : undefined
  err.line(err.paint('red', visible(known ? known.message : internal(error))))
  const hint = known ? known.hint : 'run it again with --debug to see where'
  if (hint && !(debug && !known)) err.line(indent(visible(hint), 2))
  if (debug) err.line(stackOf(error))
  return known ? errorCodes[known.code].exit : 1
}

function internal(error: unknown): string {
  if (!(error instanceof Error)) return `Internal error: ${error}`
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : ''
  return error instanceof SparkqError
    ? `${error.message.replace(/\.$/, '')}${cause}`
    : `Internal error: ${error.message}`
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause === undefined ? `${error.stack}` : `${error.stack}\ncaused by: ${stackOf(error.cause)}`
}
