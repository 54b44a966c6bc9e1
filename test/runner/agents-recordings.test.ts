import assert from 'node:assert/strict'
import { test } from 'node:test'
import { agentNames } from '../../src/contract/agents.ts'
import { recorded, recordings } from '../agents/recordings.ts'
import { fates, openAgentLane } from './agents.ts'
import { assertNothingLeft } from './support.ts'

const tools = { claude: 'llm-sonnet', codex: 'llm-codex', gemini: 'my-gemini' }
/** Nothing is changed: to look would take half of the time. */
const config = 'limits: {stop_grace: 0.3, retry_delay: 0.05}\nreview: {changes: none}\n'

for (const agent of agentNames) {
  test(`${agent}: every recording makes of its task what it says`, async t => {
    const lane = await openAgentLane(t, config)
    await lane.api.createTool({ name: 'my-gemini', task_class: 'LLM_LITE', agent: 'gemini' })
    const names = recorded.filter(name => name.startsWith(`${agent}-`))
    assert.ok(names.length > 5)
    for (const [i, name] of names.entries()) {
      await t.test(name, async () => {
        // A lane of its own: what is parked would hold the others up.
        const queue = `l${i}`
        await lane.api.createQueue({ session_id: 's', name: queue })
        const { id } = await lane.prompt(`REPLAY:${name}`, { tool_name: tools[agent], queue_id: queue })
        await lane.work('once', queue)
        const expected = recordings[name]
        assert.ok(expected, name)
        const task = await lane.task(id)
        const [attempt] = await lane.attempts(id)
        const { outcome } = expected
        const { status, error_type, wait_reason, charged } = fates[outcome]
        assert.deepEqual(
          [attempt?.agent?.outcome, task.status, task.error_type, task.wait_reason, attempt?.charged],
          [outcome, status, error_type, wait_reason, charged],
          `${task.error_message} ${attempt?.error_message}`,
        )
        if (outcome === 'ok') assert.ok((task.result_summary ?? '').trim() !== '')
        assert.equal(task.cost_usd, attempt?.agent?.usage.cost_usd ?? null)
        const { providers } = await lane.api.listProviders()
        const isOpen = providers.find(it => it.name === agent)?.status === 'open'
        if (!isOpen) await lane.api.resumeProvider({ name: agent })
      })
    }
    await assertNothingLeft(lane)
  })
}
