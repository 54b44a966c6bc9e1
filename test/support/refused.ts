import assert from 'node:assert/strict'
import { type ErrorCode, SparkqError } from '../../src/contract/errors.ts'

/** Asserts that something is refused as a SparkqError of this code, in words that match; answers the error. */
export async function refused(
  action: Promise<unknown> | (() => unknown),
  code: ErrorCode,
  words?: RegExp,
): Promise<SparkqError> {
  let answer: unknown
  try {
    answer = await (typeof action === 'function' ? action() : action)
  } catch (error) {
    if (!(error instanceof SparkqError)) throw error
    assert.equal(error.code, code, `${error.message} ${error.cause ?? ''}`)
    if (words) assert.match(error.message, words)
    return error
  }
  assert.fail(`was not refused, but answered ${JSON.stringify(answer)}`)
}
