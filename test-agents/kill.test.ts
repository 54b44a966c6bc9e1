import assert from 'node:assert/strict'
import path from 'node:path'
import { test } from 'node:test'
import { findLeftovers } from '../demo/leftovers.ts'
import { waitFor } from '../test/support/wait.ts'
import { prompt, runOf, taskOf } from './look.ts'
import { openSite } from './site.ts'

const command = 'tail -f /dev/null'

for (const agent of ['claude', 'codex'] as const)
  test(`cancelling ${agent} in the middle of a tool call leaves nothing`, async t => {
    const site = await openSite(t, { lanes: { docs: { tool: agent } }, config: { 'limits.stop_grace': '5' } })
    const id = await site.add('docs', prompt('Wait for ever.', `shell ${command} | cat`, 'say never'))
    const { api } = await site.serve()
    const ofTask = () =>
      findLeftovers(path.join(site.folder, 'sparkq.yml')).filter(
        it => it.command.includes(command) || it.command.includes(agent),
      )
    await waitFor('the tool runs', () => ofTask().some(it => it.command === command), 60_000)

    await site.sparkq(['cancel', id])
    await site.sparkq(['wait', id, '--timeout', '60'], 1)
    assert.deepEqual(ofTask(), [])
    const task = await taskOf(api, id)
    assert.deepEqual([task.status, task.error_type], ['failed', 'cancelled'])
    const { attempt } = await runOf(api, id)
    assert.deepEqual(attempt.stop?.survivors, [])

    const next = await site.add('docs', prompt('Go on.', 'say on'))
    await site.sparkq(['wait', next, '--timeout', '60'])
    assert.equal((await taskOf(api, next)).result_summary, 'on')
  })
