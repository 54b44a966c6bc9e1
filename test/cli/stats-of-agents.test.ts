import assert from 'node:assert/strict'
import { test } from 'node:test'
import { self } from '../../src/processes/identity.ts'
import { site } from './run-cli.ts'

test('statistics say what agents cost, per lane, tool and day', async t => {
  const at = await site(t)
  const { core } = at
  const { runner } = await core.startRunner({ queue_id: 'default', mode: 'run', process: self() })
  for (const [day, cost_usd] of [
    ['2026-11-20', 0.5],
    ['2026-11-21', 1.25],
  ] as const) {
    const task = { queue_id: 'default', tool_name: 'llm-sonnet', payload: { prompt: 'Hello' } }
    const { id } = (await core.createTask(task)).task
    await core.claimTask({ id: 'default', runner_id: runner.id })
    const total = { input_tokens: 12_000, cached_input_tokens: 0, output_tokens: 345, cost_usd }
    await core.finishAttempt({
      ...{ id, attempt: 1, finished_at: `${day}T12:00:00.000Z` },
      ending: { kind: 'agent', outcome: 'ok', detail: '' },
      agent: { agent: 'claude', outcome: 'ok', total },
    })
  }
  const { stdout, code } = await at.sparkq(['stats'])
  assert.equal(code, 0)
  assert.match(stdout, /^ {2}lane .* work +cost +tokens$/m)
  assert.match(stdout, /^ {2}default .* \$1\.75 +24\.7k$/m)
  assert.match(stdout, /^ {2}llm-sonnet .* \$1\.75 +24\.7k$/m)
  assert.match(stdout, /^ {2}2026-11-20 +1 +\$0\.50 +12\.3k\n {2}2026-11-21 +1 +\$1\.25 +12\.3k$/m)
})

test('where no agent ran nothing is said of cost', async t => {
  const at = await site(t)
  const task = { queue_id: 'default', tool_name: 'run-bash', payload: { command: 'true' } }
  const { id } = (await at.core.createTask(task)).task
  await at.core.claimTask({ id: 'default' })
  await at.core.completeTask({ id, result_summary: 'Done.' })
  const { stdout } = await at.sparkq(['stats'])
  assert.doesNotMatch(stdout, /cost|tokens/)
})
