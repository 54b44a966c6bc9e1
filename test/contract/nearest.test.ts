import assert from 'node:assert/strict'
import { test } from 'node:test'
import { didYouMean, nearest } from '../../src/contract/nearest.ts'

const tools = ['run-bash', 'run-python', 'llm-haiku', 'llm-sonnet']

const cases: [string, string | undefined][] = [
  ['run-bsh', 'run-bash'],
  ['RUN-BASH', 'run-bash'],
  ['llm-haiko', 'llm-haiku'],
  ['sonnet', undefined],
  ['deploy', undefined],
  ['', undefined],
]
for (const [word, expected] of cases) {
  test(`the nearest to "${word}" is ${expected ?? 'none'}`, () =>
    assert.equal(nearest(word, tools), expected))
}

test('of two that are as near, the first is taken, and none is found in nothing', () => {
  assert.equal(nearest('abc', ['abd', 'abe']), 'abd')
  assert.equal(nearest('abc', []), undefined)
})

test('the question is put behind a sentence, or is not there', () => {
  assert.equal(didYouMean('run-bsh', tools), ' Did you mean "run-bash"?')
  assert.equal(didYouMean('zzzzzz', tools), '')
})
