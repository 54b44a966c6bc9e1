import assert from 'node:assert/strict'
import { test } from 'node:test'
import { waitFor } from '../test/support/wait.ts'
import { prompt, providerOf, runOf, taskOf } from './look.ts'
import { freely, openSite } from './site.ts'

test('an agent that takes too many turns has failed, and its conversation goes on', async t => {
  const yaml = `  short: {agent: claude, model: haiku, task_class: LLM_LITE, max_turns: 2, ${freely}}\n`
  const site = await openSite(t, { lanes: { docs: { tool: 'short' } }, yaml })
  const steps = ['shell echo 1', 'shell echo 2', 'shell echo 3', 'say never']
  const long = await site.add('docs', prompt('Do too much.', ...steps))
  const next = await site.add('docs', prompt('Do less.', 'say done less'))
  const { api } = await site.serve()
  await site.sparkq(['wait', long, next, '--timeout', '60'], 1)
  const [failed, succeeded] = [await taskOf(api, long), await taskOf(api, next)]
  assert.deepEqual([failed.status, failed.error_type, failed.attempts], ['failed', 'agent_error', 1])
  const runs = [await runOf(api, long), await runOf(api, next)]
  assert.deepEqual(
    runs.map(({ agent }) => agent.outcome),
    ['max_turns', 'ok'],
  )
  assert.equal(succeeded.result_summary, 'done less')
  assert.equal(runs[0]?.agent.session_id, runs[1]?.agent.session_id)
})

for (const agent of ['claude', 'codex'] as const)
  test(`a lost login of ${agent} pauses it alone, until a person resumes it`, async t => {
    const other = agent === 'claude' ? 'codex' : 'claude'
    const lanes = { first: { tool: agent }, second: { tool: other }, scripts: { tool: 'run-bash' } }
    const site = await openSite(t, { lanes })
    const id = await site.add('first', prompt('Be logged out.', 'logout', 'say back'))
    const { api } = await site.serve()
    const provider = await waitFor(
      'the provider is paused',
      async () => {
        const it = await providerOf(api, agent)
        return it.status === 'paused' && it
      },
      60_000,
    )
    assert.equal(provider.because, 'auth')
    assert.ok(provider.mend?.includes(agent), provider.mend ?? 'no command mends it')

    const others = [
      await site.add('second', prompt('Go on.', 'say on')),
      await site.add('scripts', '-c', 'echo on'),
    ]
    await site.sparkq(['wait', ...others, '--timeout', '60'])
    const waiting = await taskOf(api, id)
    assert.deepEqual([waiting.status, waiting.wait_reason, waiting.attempts], ['queued', 'limit', 0])

    site.model.mend(agent)
    await site.sparkq(['providers', 'resume', agent])
    await site.sparkq(['wait', id, '--timeout', '60'])
    const done = await taskOf(api, id)
    assert.deepEqual([done.result_summary, done.attempts], ['back', 1])
  })
