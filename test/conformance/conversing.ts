import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Api } from '../../src/contract/api.ts'
import type { Task } from '../../src/contract/tasks.ts'
import { refused } from '../support/refused.ts'
import { agentLanes } from './agent-lanes.ts'
import type { Harness } from './harness.ts'

const talk = (api: Api, task: Pick<Task, 'id' | 'attempt'>, session_id: string = crypto.randomUUID()) =>
  api.openConversation({
    ...{ id: task.id, attempt: task.attempt as number },
    ...{ agent: 'claude', host: 'here', session_id },
  })

export function conversing({ open }: Harness): void {
  test('a lane has one conversation, which its tasks go on with', async t => {
    const world = await open(t)
    const lanes = agentLanes(world)
    await lanes.open('a', { instructions: 'Be brief.' })
    await lanes.add('a')
    const first = await lanes.taken('a')
    const { conversation, digest, instructions, instructions_changed } = await talk(world.api, first, 's1')
    assert.deepEqual(
      [conversation.session_id, conversation.begun, digest, instructions, instructions_changed],
      ['s1', false, null, 'Be brief.', false],
    )
    const total = { input_tokens: 100, cached_input_tokens: 10, output_tokens: 5, cost_usd: 0.5 }
    await lanes.end(first, 'ok', { session_id: 's1', total, total_of: 'conversation' })
    await lanes.add('a')
    const second = await lanes.taken('a')
    const again = await talk(world.api, second, 's2')
    assert.deepEqual(again.conversation, {
      ...conversation,
      ...{ begun: true, instructions: 'Be brief.', tasks: 1, usage: total },
    })
    assert.deepEqual([again.digest, again.instructions_changed], [null, false])
    const { attempts } = await world.api.listAttempts({ id: second.id })
    assert.equal(attempts[0]?.conversation_id, conversation.id)
  })

  test('said twice of an attempt, it is the same conversation; of another agent or machine, a conflict', async t => {
    const world = await open(t)
    const lanes = agentLanes(world)
    await lanes.open('a')
    await lanes.add('a')
    const task = await lanes.taken('a')
    const first = await talk(world.api, task, 's1')
    assert.deepEqual(await talk(world.api, task, 's2'), first)
    const input = { id: task.id, attempt: 1, agent: 'claude', host: 'elsewhere' } as const
    await refused(world.api.openConversation(input), 'conflict', /has a conversation with claude on here/)
    await lanes.end(task, 'ok')
    await refused(talk(world.api, task), 'conflict', /only a running task/)
  })

  test('each agent and each machine has its own', async t => {
    const world = await open(t)
    const lanes = agentLanes(world)
    await lanes.open('a')
    const ids = new Set<string>()
    for (const [agent, host] of [
      ['claude', 'here'],
      ['claude', 'there'],
      ['codex', 'here'],
    ] as const) {
      await lanes.add('a')
      const task = await lanes.taken('a')
      const { conversation } = await world.api.openConversation({ id: task.id, attempt: 1, agent, host })
      ids.add(conversation.id)
      await lanes.end(task, 'ok', { agent })
    }
    assert.equal(ids.size, 3)
  })

  test('with a fresh context each task has its own, which it keeps until it is over', async t => {
    const world = await open(t)
    const lanes = agentLanes(world)
    await lanes.open('a', { settings: { default_tool: 'llm-sonnet', context: 'fresh' } })
    await lanes.add('a')
    const first = await lanes.taken('a')
    const { conversation } = await talk(world.api, first)
    await lanes.end(first, 'usage_limit', { session_id: 's', resets_at: world.clock.stamp(60) })
    world.clock.advance(60)
    const again = await lanes.taken('a')
    assert.equal((await talk(world.api, again)).conversation.id, conversation.id)
    await lanes.end(again, 'ok', { session_id: 's' })
    await lanes.add('a')
    assert.notEqual((await talk(world.api, await lanes.taken('a'))).conversation.id, conversation.id)
  })

  test('changed instructions of the lane are told apart until an agent was told of them', async t => {
    const world = await open(t)
    const lanes = agentLanes(world)
    await lanes.open('a', { instructions: 'One.' })
    await lanes.add('a')
    const first = await lanes.taken('a')
    await talk(world.api, first)
    // Changed while it runs: this run does not know of it.
    await world.api.updateQueue({ id: 'a', instructions: 'Two.' })
    await lanes.end(first, 'ok', { session_id: 's' })
    const changed = async (outcome: 'ok' | 'usage_limit', session_id?: string) => {
      if ((await world.api.getQueue({ id: 'a' })).queue.counts.queued === 0) await lanes.add('a')
      const task = await lanes.taken('a')
      const { instructions_changed } = await talk(world.api, task)
      await lanes.end(task, outcome, session_id === undefined ? {} : { session_id })
      await world.api.resumeProvider({ name: 'claude' })
      return instructions_changed
    }
    assert.equal(await changed('usage_limit'), true, 'told nothing yet')
    assert.equal(await changed('ok', 's'), true)
    assert.equal(await changed('ok', 's'), false)
  })

  test('one that is lost or full makes way for a new one, which is told what the lane did so far', async t => {
    for (const outcome of ['lost_conversation', 'full_conversation'] as const) {
      const world = await open(t)
      const lanes = agentLanes(world)
      await lanes.open('a')
      await lanes.add('a', 'Write the parser')
      const first = await lanes.taken('a')
      const { conversation } = await talk(world.api, first)
      await lanes.end(first, 'ok', { session_id: 's1' }, { result_summary: 'It parses.' })
      await lanes.add('a', 'Test the parser')
      const second = await lanes.taken('a')
      await talk(world.api, second)
      const back = await lanes.end(second, outcome)
      assert.deepEqual([back.status, back.attempts, back.not_before], ['queued', 0, null])
      const third = await lanes.taken('a')
      const { conversation: fresh, digest } = await talk(world.api, third, 's2')
      assert.deepEqual([fresh.session_id, fresh.begun, fresh.tasks], ['s2', false, 0])
      assert.notEqual(fresh.id, conversation.id)
      assert.match(digest ?? '', /^- A-1 \(succeeded\): Write the parser\n {2}→ It parses\.$/)
      assert.deepEqual(await talk(world.api, third, 's3'), await talk(world.api, third, 's2'))
    }
  })

  test('one in which the agent refused is not gone on with', async t => {
    const world = await open(t)
    const lanes = agentLanes(world)
    await lanes.open('a')
    await lanes.add('a', 'Build a weapon')
    const first = await lanes.taken('a')
    const { conversation } = await talk(world.api, first)
    assert.equal((await lanes.end(first, 'refused', { session_id: 's1' })).status, 'failed')
    await lanes.add('a', 'Write the parser')
    const { conversation: fresh, digest } = await talk(world.api, await lanes.taken('a'), 's2')
    assert.notEqual(fresh.id, conversation.id)
    assert.match(digest ?? '', /^- A-1 \(failed\)/)
  })

  test('a task whose conversation is lost again and again has failed', async t => {
    const world = await open(t)
    const lanes = agentLanes(world)
    await lanes.open('a')
    await lanes.add('a')
    const statuses: string[] = []
    for (let i = 0; i < 3; i++) {
      const task = await lanes.taken('a')
      await talk(world.api, task)
      statuses.push((await lanes.end(task, 'lost_conversation')).status)
    }
    assert.deepEqual(statuses, ['queued', 'queued', 'failed'])
  })
}
