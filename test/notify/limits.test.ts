import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AgentOutcome } from '../../src/contract/agents.ts'
import { self } from '../../src/processes/identity.ts'
import { openTold, type Told, waitForTold } from './support.ts'

/** Ends a task of the lane’s agent so. */
async function ends({ core }: Told, runner_id: string, outcome: AgentOutcome, resets_at?: string) {
  const { queue } = await core.getQueue({ id: 'q' })
  if (queue.counts.queued === 0)
    await core.createTask({ queue_id: 'q', tool_name: 'llm-sonnet', payload: { prompt: 'x' } })
  const { task } = await core.claimTask({ id: 'q', runner_id })
  assert.ok(task)
  await core.finishAttempt({
    ...{ id: task.id, attempt: task.attempt as number },
    ending: { kind: 'agent', outcome, detail: 'It said so.' },
    agent: { agent: 'claude', outcome, ...(resets_at === undefined ? {} : { resets_at }) },
  })
}

test('a usage limit is told once, with its end; a fault that passes is not', async t => {
  const at = await openTold(t)
  const { runner } = await at.core.startRunner({ queue_id: 'q', mode: 'run', process: self() })
  const reset = new Date(Date.now() + 3_600_000)
  await ends(at, runner.id, 'overload')
  await at.core.resumeProvider({ name: 'claude' })
  await ends(at, runner.id, 'usage_limit', reset.toISOString())
  const [notice] = await waitForTold(at, 1)
  assert.equal(notice?.kind, 'limit')
  assert.match(
    notice?.message ?? '',
    /^Claude Code has reached its usage limit until \d\d:\d\d: 1 task waits\.$/,
  )
  assert.deepEqual([notice?.task, notice?.queue], [null, null])
  await at.notifier.stop(10_000)
  assert.equal(at.told().length, 1)
})

test('an agent that is not logged in, or has no credit left, is told with what mends it', async t => {
  const at = await openTold(t)
  const { runner } = await at.core.startRunner({ queue_id: 'q', mode: 'run', process: self() })
  await ends(at, runner.id, 'auth')
  await waitForTold(at, 1)
  await at.core.resumeProvider({ name: 'claude' })
  await ends(at, runner.id, 'billing')
  const told = (await waitForTold(at, 2)).map(it => it.message)
  assert.deepEqual(told, [
    'Claude Code is not logged in: 1 task waits. Mend it with: claude, then sparkq providers resume claude',
    'Claude Code has no credit left: 1 task waits. See https://claude.ai/settings/billing, then: sparkq providers resume claude',
  ])
})

test('what a person paused is no news, and what they asked not to be told', async t => {
  const at = await openTold(t, { notify: { on: ['lane_empty'] } })
  const { runner } = await at.core.startRunner({ queue_id: 'q', mode: 'run', process: self() })
  await at.core.pauseProvider({ name: 'codex' })
  await ends(at, runner.id, 'auth')
  await at.notifier.stop(10_000)
  assert.deepEqual(at.told(), [])
})
