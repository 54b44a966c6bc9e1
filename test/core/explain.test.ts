import assert from 'node:assert/strict'
import { test } from 'node:test'
import { whyCodes } from '../../src/contract/why.ts'
import { explain } from '../../src/core/explain.ts'
import { alone } from './why/alone.ts'
import { amongOthers } from './why/among-others.ts'
import { facts } from './why/facts.ts'
import { ofAgents } from './why/of-agents.ts'

// Sentences tell the time of this machine.
process.env.TZ = 'UTC'

const cases = [...alone, ...amongOthers, ...ofAgents]

for (const [what, given, code, sentence, until, task_id, next] of cases) {
  test(`${what}: ${sentence}`, () => {
    assert.deepEqual(explain(facts(given)), { code, sentence, until, task_id, next })
  })
}

test('every code has a case here', () => {
  const said = new Set(cases.map(([, , code]) => code))
  assert.deepEqual(
    whyCodes.filter(code => !said.has(code)),
    [],
  )
})
