import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lastEventOf, prompt, runOf, taskOf } from './look.ts'
import { openSite } from './site.ts'

const instructions = 'Mind the gap.'

for (const agent of ['claude', 'codex'] as const)
  test(`three prompts of a lane are one conversation of ${agent}, and its costs add up`, async t => {
    const site = await openSite(t, { lanes: { docs: { tool: agent, instructions } } })
    const ids = [
      await site.add('docs', prompt('Begin with this.', 'shell echo seen', 'say one')),
      await site.add('docs', prompt('Then that.', 'say two')),
      await site.add('docs', prompt('And at last:', 'say three')),
    ]
    const { api } = await site.serve()
    await site.sparkq(['wait', ...ids, '--timeout', '120'])

    const tasks = await Promise.all(ids.map(id => taskOf(api, id)))
    assert.deepEqual(
      tasks.map(task => task.result_summary),
      ['one', 'two', 'three'],
    )
    const runs = await Promise.all(ids.map(id => runOf(api, id)))
    const [first] = runs
    assert.ok(first?.agent.session_id && first.attempt.conversation_id)
    for (const { agent: run, attempt } of runs) {
      assert.equal(run.outcome, 'ok')
      assert.equal(run.session_id, first.agent.session_id)
      assert.equal(attempt.conversation_id, first.attempt.conversation_id)
    }
    assert.deepEqual([...new Set(site.model.asked.map(it => it.session))], [first.agent.session_id])

    const heard = site.model.asked.at(-1)?.texts.join('\n') ?? ''
    for (const text of ['Begin with this.', 'Then that.', 'And at last:'])
      assert.ok(heard.includes(text), text)
    assert.equal(heard.split(instructions).length - 1, 3, 'the instructions stand in front of each prompt')

    assert.deepEqual(
      runs.map(({ agent: { usage } }) => [usage.input_tokens, usage.output_tokens]),
      [
        [200, 40],
        [100, 20],
        [100, 20],
      ],
    )
    const told = await lastEventOf(api, ids[2] as string)
    if (agent === 'codex') assert.equal(told.usage.input_tokens, 400, 'Codex counts the whole conversation')
    else {
      const costs = tasks.map(task => task.cost_usd ?? 0)
      assert.ok(
        costs.every(cost => cost > 0),
        costs.join(),
      )
      const sum = costs.reduce((all, cost) => all + cost)
      assert.ok(Math.abs(sum - told.total_cost_usd) < 1e-9, `${costs} are ${told.total_cost_usd} together`)
    }
  })
