import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Timestamp, TimestampInput } from '../../src/contract/fields.ts'
import { elapsed, timestamp } from '../../src/contract/time.ts'
import { findErrors } from '../../src/contract/validate.ts'

test('times are written in one way, that sorts as they do', () => {
  assert.equal(timestamp(Date.UTC(2026, 0, 31, 22, 14, 3, 120)), '2026-01-31T22:14:03.120Z')
  assert.deepEqual(findErrors(Timestamp, timestamp(0)), [])
  assert.equal(elapsed('2026-01-31T22:14:03.120Z', '2026-01-31T22:14:04.000Z'), 880)
})

for (const text of ['2026-01-31T22:14:03Z', '2026-01-31T22:14:03.120+00:00', '2026-01-31', '']) {
  test(`"${text}" is not how SparkQ writes a time`, () => assert.equal(findErrors(Timestamp, text).length, 1))
}

for (const text of [
  '2026-01-31T22:00:00Z',
  '2026-01-31t22:00z',
  '2026-01-31 22:00+02:00',
  '2026-01-31T22:00:00.5-11:30',
]) {
  test(`"${text}" may be said of a time`, () => {
    assert.deepEqual(findErrors(TimestampInput, text), [])
    assert.ok(!Number.isNaN(Date.parse(text)))
  })
}

for (const text of ['2026-01-31T22:00:00', '2026-01-31', '22:00Z', 'now', ' 2026-01-31T22:00:00Z']) {
  test(`"${text}" says no time`, () => assert.equal(findErrors(TimestampInput, text).length, 1))
}
