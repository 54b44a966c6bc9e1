import assert from 'node:assert/strict'
import { test } from 'node:test'
import { noUsage, type Usage } from '../../src/contract/agents.ts'
import { agentLanes } from './agent-lanes.ts'
import type { Harness } from './harness.ts'

const used = (tokens: number, cost_usd: number | null): Usage => ({
  ...{ input_tokens: tokens, cached_input_tokens: tokens / 2, output_tokens: tokens / 10, cost_usd },
})
const noon = '2026-03-01T12:00:00'

export function spending({ open }: Harness): void {
  test('what a run took is kept with its attempt, its task, its lane, its tool and its day', async t => {
    const world = await open(t)
    const lanes = agentLanes(world)
    await lanes.open('a')
    await lanes.open('b')
    const task = await lanes.run('a', 'ok', { model: 'sonnet', total: used(100, 0.5) })
    assert.equal(task.cost_usd, 0.5)
    const { attempts } = await world.api.listAttempts({ id: task.id })
    assert.deepEqual(attempts[0]?.agent, {
      ...{ agent: 'claude', outcome: 'ok', model: 'sonnet', usage: used(100, 0.5) },
    })
    world.clock.advance(2 * 86_400)
    await lanes.run('b', 'refused', { total: used(20, null) })
    const { total, lanes: perLane, tools, days } = await world.api.getWorkStats()
    assert.deepEqual(total.usage, used(120, 0.5))
    assert.deepEqual(
      perLane.map(it => [it.queue.name, it.usage]),
      [
        ['a', used(100, 0.5)],
        ['b', used(20, null)],
      ],
    )
    assert.deepEqual([tools[0]?.tool_name, tools[0]?.usage], ['llm-sonnet', used(120, 0.5)])
    assert.deepEqual(
      days.map(it => [it.runs, it.usage]),
      [
        [1, used(100, 0.5)],
        [1, used(20, null)],
      ],
    )
    assert.match(days[0]?.day ?? '', /^\d{4}-\d\d-\d\d$/)
    const since = world.clock.stamp(-60)
    assert.deepEqual((await world.api.getWorkStats({ since })).total.usage, used(20, null))
    assert.deepEqual((await world.api.getWorkStats({ queue_id: 'a' })).total.usage, used(100, 0.5))
  })

  test('a review says what was spent since the last one, also by runs that were given back', async t => {
    const world = await open(t)
    const lanes = agentLanes(world)
    await lanes.open('a')
    await lanes.run('a', 'ok', { total: used(100, 0.1) })
    const { review } = await world.api.getReview()
    assert.deepEqual([review.cost_usd, review.lanes[0]?.cost_usd], [0.1, 0.1])
    await world.api.closeReview({ upto: review.upto })
    await lanes.run('a', 'killed', { total: used(100, 0.2) })
    assert.equal((await world.api.getReview()).review.cost_usd, 0.2)
  })

  test('of a conversation that counts up, each run takes what it added', async t => {
    const world = await open(t)
    const lanes = agentLanes(world)
    await lanes.open('a')
    const costs: (number | null)[] = []
    for (const total of [used(100, 1), used(300, 2.5), used(50, 0.25)]) {
      await lanes.add('a')
      const task = await lanes.taken('a')
      const { id, attempt } = task
      await world.api.openConversation({ id, attempt: attempt as number, agent: 'claude', host: 'here' })
      const report = { session_id: 's', total, total_of: 'conversation' } as const
      costs.push((await lanes.end(task, 'ok', report)).cost_usd)
    }
    // The last one is less than before: it was begun anew, and all of it counts.
    assert.deepEqual(costs, [1, 1.5, 0.25])
    assert.deepEqual((await world.api.getWorkStats()).total.usage.cost_usd, 2.75)
  })

  test('every attempt of a task counts, also one that was given back; said twice, once', async t => {
    const world = await open(t)
    const lanes = agentLanes(world)
    await lanes.open('a')
    await lanes.add('a')
    const first = await lanes.taken('a')
    const finished_at = world.clock.stamp()
    for (let i = 0; i < 2; i++)
      await lanes.end(first, 'usage_limit', { total: used(10, 0.1) }, { finished_at })
    await world.api.resumeProvider({ name: 'claude' })
    const done = await lanes.end(await lanes.taken('a'), 'ok', { total: used(20, 0.2) })
    assert.ok(Math.abs((done.cost_usd ?? 0) - 0.3) < 1e-9)
    const { attempts } = await world.api.listAttempts({ id: done.id })
    assert.deepEqual(
      attempts.map(it => it.agent?.usage.cost_usd),
      [0.1, 0.2],
    )
  })

  test('what was spent outlives its task and its lane', async t => {
    const world = await open(t)
    const lanes = agentLanes(world)
    await lanes.open('a')
    await lanes.open('b')
    await lanes.run('a', 'ok', { total: used(100, 0.5) })
    await lanes.run('b', 'ok', { total: used(10, 0.25) })
    world.clock.advance(10 * 86_400)
    await world.api.purge()
    await world.api.deleteQueue({ id: 'b' })
    const { total, lanes: perLane, days } = await world.api.getWorkStats()
    assert.deepEqual([total.succeeded, total.usage], [0, used(110, 0.75)])
    assert.deepEqual(
      perLane.map(it => it.queue.name),
      ['a'],
    )
    assert.equal(days[0]?.runs, 2)
  })

  test('a lane whose agents have cost limits.max_usd since noon pauses, and says what they cost', async t => {
    const world = await open(t, { config: 'limits: {max_usd: 1}' })
    const lanes = agentLanes(world)
    await lanes.open('a')
    await lanes.open('b')
    // What was spent before noon is of another night.
    world.clock.advance((Date.parse(noon) - Date.parse(world.clock.stamp())) / 1000 - 60)
    await lanes.run('a', 'ok', { total: used(10, 5) })
    await world.api.resumeQueue({ id: 'a' })
    world.clock.advance(120)
    await lanes.run('b', 'ok', { total: used(10, 0.9) })
    await lanes.run('a', 'ok', { total: used(10, 0.6) })
    assert.equal((await world.api.getQueue({ id: 'a' })).queue.status, 'active')
    await lanes.add('a')
    const task = await lanes.taken('a')
    await lanes.end(task, 'error', { total: used(10, 0.6) })
    const { queue } = await world.api.getQueue({ id: 'a' })
    assert.deepEqual([queue.status, queue.paused_by], ['idle', 'max_usd'])
    assert.match(
      queue.pause_reason ?? '',
      /^Its agents have cost \$1\.20 since .*12:00, and limits\.max_usd is \$1\.00\.$/,
    )
    assert.equal((await world.api.getQueue({ id: 'b' })).queue.status, 'active')
  })

  test('a person who resumes it lets it spend as much again; its own limit goes before the one of all', async t => {
    const world = await open(t, { config: 'limits: {max_usd: 100}' })
    const lanes = agentLanes(world)
    await lanes.open('a', { settings: { default_tool: 'llm-sonnet', max_usd: 1 } })
    const paused = async () => (await world.api.getQueue({ id: 'a' })).queue.pause_reason
    await lanes.run('a', 'ok', { total: used(10, 1) })
    assert.match((await paused()) ?? '', /cost \$1\.00 since .*, and its max_usd is \$1\.00\.$/)
    world.clock.advance(1)
    await world.api.resumeQueue({ id: 'a' })
    await lanes.run('a', 'ok', { total: used(10, 0.9) })
    assert.equal(await paused(), null)
    // Whoever pauses and resumes it for another reason changes nothing of that.
    await world.api.pauseQueue({ id: 'a' })
    await world.api.resumeQueue({ id: 'a' })
    await lanes.run('a', 'ok', { total: used(10, 0.1) })
    assert.match((await paused()) ?? '', /cost \$1\.00/)
  })

  test('where no agent ran nothing was spent', async t => {
    const world = await open(t)
    const task = await world.succeeded(await world.lane())
    assert.equal(task.cost_usd, null)
    const { total, days } = await world.api.getWorkStats()
    assert.deepEqual([total.usage, days], [noUsage, []])
  })
}
