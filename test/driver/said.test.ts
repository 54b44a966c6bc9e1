import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AgentReport } from '../../src/contract/agents.ts'
import type { AgentSaid } from '../../src/driver/plan.ts'
import { combine } from '../../src/driver/said.ts'

const said = (report: Partial<AgentReport>): AgentSaid => ({
  ...{ answer: null, detail: 'x' },
  report: { agent: 'codex', outcome: 'ok', ...report },
})

test('a round that was killed before it said so is still in the conversation of the one before', () => {
  const first = said({ session_id: 'thread-1', model: 'm', version: '1.0' })
  const { report } = combine([first], said({ outcome: 'killed' }))
  assert.deepEqual(
    [report.outcome, report.session_id, report.model, report.version],
    ['killed', 'thread-1', 'm', '1.0'],
  )
})
