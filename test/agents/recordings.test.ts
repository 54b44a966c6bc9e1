import assert from 'node:assert/strict'
import { test } from 'node:test'
import { agentOf } from '../../src/agents/agents.ts'
import type { AgentReport } from '../../src/contract/agents.ts'
import type { Expected } from './expected.ts'
import { readRecording, recorded, recordings } from './recordings.ts'

// Codex names the end of a limit by the clock of its machine; these ran in UTC, at this time.
process.env.TZ = 'UTC'
const now = () => Date.parse('2026-11-22T12:55:20Z')

test('every recording has a row, and every row a recording', () => {
  assert.deepEqual(Object.keys(recordings).sort(), [...recorded].sort())
})

for (const [name, expected] of Object.entries(recordings))
  test(`${name}: ${expected.outcome}`, () => {
    const { agent, stdout, stderr, code, signal } = readRecording(name)
    const reader = agentOf(agent).read({ now })
    for (const line of stdout.split('\n')) reader.line(line)
    const { report, answer, detail } = reader.report({ code, signal }, stderr)
    assert.deepEqual(told(report, answer), expected)
    assert.ok(detail.length > 0 && !detail.includes('\n'))
    if (report.outcome === 'ok') assert.equal(reader.hasResult, true)
  })

function told(report: AgentReport, answer: string | null): Expected {
  const { outcome, session_id, total, turns, resets_at, limit, denied } = report
  return {
    outcome,
    ...(session_id ? { session: session_id } : {}),
    ...(total ? { usage: { ...total, cost_usd: total.cost_usd && Number(total.cost_usd.toFixed(6)) } } : {}),
    ...(turns === undefined ? {} : { turns }),
    ...(resets_at ? { resets_at } : {}),
    ...(limit ? { limit } : {}),
    ...(denied ? { denied } : {}),
    ...(answer === null ? {} : { answer: answer.length > 60 ? answer.slice(0, 40) : answer }),
  }
}
