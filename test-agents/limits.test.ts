import assert from 'node:assert/strict'
import { test } from 'node:test'
import { waitFor } from '../test/support/wait.ts'
import { prompt, providerOf, runOf, taskOf } from './look.ts'
import { openSite } from './site.ts'

for (const agent of ['claude', 'codex'] as const)
  test(`a usage limit of ${agent} is waited out while other lanes go on`, async t => {
    const lanes = { first: { tool: agent }, second: { tool: agent }, scripts: { tool: 'run-bash' } }
    const site = await openSite(t, { lanes })
    const limited = await site.add('first', prompt('Meet the limit.', 'limit 20', 'say first'))
    const behind = await site.add('first', prompt('Stand behind it.', 'say behind'))
    const { api } = await site.serve()
    const provider = await waitFor('the limit is known', async () => {
      const it = await providerOf(api, agent)
      return it.status === 'limited' && it
    })
    const [hit] = site.model.asked
    assert.ok(hit?.move.kind === 'fault' && hit.move.fault.kind === 'limit')
    const resetMs = hit.move.fault.resetsAt * 1000
    assert.equal(Date.parse(provider.until ?? ''), resetMs)
    assert.equal(provider.because, 'usage_limit')

    const other = await site.add('second', prompt('In another lane.', 'say second'))
    const scripts = [await site.add('scripts', '-c', 'echo 1'), await site.add('scripts', '-c', 'echo 2')]
    await site.sparkq(['wait', ...scripts, '--timeout', '15'])
    assert.ok(Date.now() < resetMs, 'scripts go on before the reset')
    const waiting = await taskOf(api, limited)
    assert.deepEqual([waiting.status, waiting.wait_reason], ['queued', 'limit'])
    for (const id of [behind, other]) assert.equal((await taskOf(api, id)).status, 'queued')
    assert.match((await site.sparkq(['why', other])).stdout, new RegExp(agent, 'i'))

    await site.sparkq(['wait', limited, behind, other, '--timeout', '90'])
    for (const id of [limited, behind, other]) assert.equal((await taskOf(api, id)).attempts, 1)
    assert.equal((await api.listAttempts({ id: limited })).attempts.length, 2)
    assert.equal((await runOf(api, limited)).agent.outcome, 'ok')
    assert.equal((await providerOf(api, agent)).status, 'open')

    const later = site.model.asked.slice(1)
    assert.ok(
      later.every(({ at }) => at >= resetMs),
      'nobody asks before the reset',
    )
    const said = later.map(({ move }) => (move.kind === 'say' ? move.text : move.kind))
    // Which lane tries first is nobody's promise; within one the task that met the limit does.
    assert.ok(said.indexOf('first') < said.indexOf('behind'), 'the task that met the limit comes first')
    assert.deepEqual(said.toSorted(), ['behind', 'first', 'second'])
  })
