import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Type } from '@sinclair/typebox'
import { Nullable, oneOf, Strict, TimestampInput } from '../../src/contract/fields.ts'
import { findErrors, validate } from '../../src/contract/validate.ts'
import { refused } from '../support/refused.ts'

const schema = Strict({
  name: Type.String({ minLength: 1, maxLength: 5 }),
  count: Type.Optional(Type.Integer({ minimum: 1, maximum: 9 })),
  least: Type.Optional(Type.Integer({ minimum: 1 })),
  most: Type.Optional(Type.Number({ maximum: 9 })),
  code: Type.Optional(Type.String({ minLength: 3 })),
  flag: Type.Optional(Type.Boolean()),
  list: Type.Optional(Type.Array(Type.String())),
  inner: Type.Optional(Strict({ mode: oneOf(['a', 'b'] as const) })),
  at: Type.Optional(Nullable(TimestampInput)),
  kind: Type.Optional(Type.Literal('wal')),
  env: Type.Optional(Type.Record(Type.String(), Type.String())),
  nothing: Type.Optional(Type.Null()),
})

const fits: unknown[] = [
  { name: 'x' },
  { name: 'x', count: 9, flag: false, list: [], inner: { mode: 'b' }, at: null, kind: 'wal', env: { A: '' } },
  { name: 'x', at: '2026-01-31T22:00:00+01:00' },
]
for (const value of fits) {
  test(`${JSON.stringify(value)} fits`, () => assert.deepEqual(findErrors(schema, value), []))
}

const sentences: [unknown, string][] = [
  [{}, 'name is missing.'],
  [{ name: '' }, 'name must not be empty.'],
  [{ name: 'sixsix' }, 'name must have at most 5 characters.'],
  [{ name: 'x', code: 'ab' }, 'code must have at least 3 characters.'],
  [{ name: 5 }, 'name must be a text.'],
  [{ name: 'x', other: 1 }, 'other is not a known field.'],
  [{ name: 'x', count: 0 }, 'count must be a whole number from 1 to 9.'],
  [{ name: 'x', count: 1.5 }, 'count must be a whole number from 1 to 9.'],
  [{ name: 'x', count: '3' }, 'count must be a whole number from 1 to 9.'],
  [{ name: 'x', least: 0 }, 'least must be a whole number of at least 1.'],
  [{ name: 'x', most: 10 }, 'most must be a number of at most 9.'],
  [{ name: 'x', flag: 'yes' }, 'flag must be true or false.'],
  [{ name: 'x', list: 'a' }, 'list must be a list.'],
  [{ name: 'x', list: ['a', 1] }, 'list.1 must be a text.'],
  [{ name: 'x', inner: [] }, 'inner must be an object.'],
  [{ name: 'x', inner: {} }, 'inner.mode is missing.'],
  [{ name: 'x', inner: { mode: 'c' } }, 'inner.mode must be one of a, b.'],
  [
    { name: 'x', at: 'soon' },
    'at must be a text (RFC 3339 with an offset, e.g. 2026-01-31T22:00:00Z) or null.',
  ],
  [{ name: 'x', kind: 'delete' }, 'kind must be "wal".'],
  [{ name: 'x', env: { A: 1 } }, 'env.A must be a text.'],
  [{ name: 'x', nothing: 1 }, 'nothing must be null.'],
  ['text', 'The request must be an object.'],
  [null, 'The request must be an object.'],
  [[], 'The request must be an object.'],
]
for (const [value, sentence] of sentences) {
  test(`of ${JSON.stringify(value)} is said: ${sentence}`, async () => {
    const error = await refused(() => validate(schema, value, 'The request'), 'invalid')
    assert.equal(error.message, sentence)
  })
}

test('each wrong place is named once, by its pointer', () => {
  const errors = findErrors(schema, { name: '', count: 'x', inner: { mode: 1, 'a/b~c': 2 } })
  assert.deepEqual(errors.map(it => it.pointer).sort(), ['/count', '/inner/a~1b~0c', '/inner/mode', '/name'])
})
