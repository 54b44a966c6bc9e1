import assert from 'node:assert/strict'
import { test } from 'node:test'
import { conflict, errorCodes, invalid, notFound, SparkqError, unusable } from '../../src/contract/errors.ts'

test('every code has an HTTP status, an exit code and a title', () => {
  const rows = Object.entries(errorCodes).map(([code, { status, exit, title }]) => [
    code,
    status,
    exit,
    title,
  ])
  assert.deepEqual(rows, [
    ['invalid', 400, 2, 'Invalid request'],
    ['forbidden', 403, 1, 'Not allowed'],
    ['not_found', 404, 3, 'Not found'],
    ['method_not_allowed', 405, 2, 'Method not allowed'],
    ['conflict', 409, 4, 'Conflict'],
    ['too_large', 413, 2, 'Too large'],
    ['unsupported_media_type', 415, 2, 'Unsupported media type'],
    ['unusable', 500, 1, 'Cannot work here'],
    ['no_space', 507, 1, 'No space left'],
    ['busy', 503, 1, 'Busy'],
    ['unreachable', 503, 5, 'Not reachable'],
    ['internal', 500, 1, 'Internal error'],
  ])
})

test('an error carries its code, its words, the next command and the wrong places', () => {
  const errors = [{ pointer: '/name', detail: 'is missing' }]
  const error = invalid('No name.', { hint: 'sparkq setup', errors })
  assert.ok(error instanceof SparkqError && error instanceof Error)
  assert.deepEqual(
    [error.name, error.code, error.message, error.hint, error.errors],
    ['SparkqError', 'invalid', 'No name.', 'sparkq setup', errors],
  )
  assert.deepEqual(
    [notFound('x').code, conflict('x').code, unusable('x').code],
    ['not_found', 'conflict', 'unusable'],
  )
  const cause = new Error('disk')
  assert.equal(unusable('x', undefined, cause).cause, cause)
  assert.deepEqual([conflict('x').hint, conflict('x').errors], [undefined, []])
})
