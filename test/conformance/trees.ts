import assert from 'node:assert/strict'
import os from 'node:os'
import { test } from 'node:test'
import { agentLanes } from './agent-lanes.ts'
import type { Harness } from './harness.ts'

const own = { settings: { default_tool: 'llm-sonnet', worktree: true } }

export function trees({ open }: Harness): void {
  test('one agent works in a tree at a time, and scripts beside it', async t => {
    const world = await open(t)
    const lanes = agentLanes(world)
    for (const name of ['a', 'b', 'c']) await lanes.open(name)
    await lanes.add('a')
    await lanes.add('b', 'x', { tool_name: 'llm-codex' })
    await lanes.add('c', 'x', { tool_name: 'run-bash', payload: { command: 'true' } })
    const task = await lanes.taken('a')
    const { attempts } = await world.api.listAttempts({ id: task.id })
    assert.equal(attempts[0]?.tree, `host:${os.hostname()}`)
    assert.deepEqual(await lanes.claim('b'), { task: null, none_because: 'tree_busy', retry_at: null })
    assert.equal(await lanes.ask('c'), 'C-1')
    const { why } = await world.api.explainTask({ id: 'B-1' })
    assert.deepEqual([why.code, why.task_id], ['tree_busy', task.id])
    assert.match(why.sentence, /^B-1 waits for the work tree: A-1 has been working in it/)
    await lanes.end(task, 'ok')
    assert.equal(await lanes.ask('b'), 'B-1')
  })

  test('a lane with a work tree of its own waits for nobody', async t => {
    const world = await open(t)
    const lanes = agentLanes(world)
    await lanes.open('a')
    const b = await lanes.open('b', own)
    await lanes.open('c', own)
    for (const name of ['a', 'b', 'c']) await lanes.add(name)
    assert.deepEqual(
      [await lanes.ask('a'), await lanes.ask('b'), await lanes.ask('c')],
      ['A-1', 'B-1', 'C-1'],
    )
    const { attempts } = await world.api.listAttempts({ id: 'B-1' })
    assert.equal(attempts[0]?.tree, `host:${os.hostname()}:queue:${b.id}`)
  })

  test('machines have a tree each', async t => {
    const world = await open(t)
    const here = agentLanes(world)
    const there = agentLanes(world, { hostname: 'elsewhere' })
    await here.open('a')
    await there.open('b')
    await here.add('a')
    await there.add('b')
    assert.deepEqual([await here.ask('a'), await there.ask('b')], ['A-1', 'B-1'])
  })

  test('a tree that is given back goes to the lane that has waited longest', async t => {
    const world = await open(t)
    const lanes = agentLanes(world)
    for (const name of ['a', 'b', 'c']) {
      await lanes.open(name)
      await lanes.add(name)
      await lanes.add(name)
    }
    const first = await lanes.taken('a')
    assert.equal(await lanes.ask('b'), 'tree_busy')
    world.clock.advance(1)
    assert.equal(await lanes.ask('c'), 'tree_busy')
    world.clock.advance(1)
    await lanes.end(first, 'ok')
    assert.deepEqual(await lanes.claim('a'), {
      task: null,
      none_because: 'tree_busy',
      retry_at: world.clock.stamp(1),
    })
    assert.equal(await lanes.ask('c'), 'tree_busy')
    assert.equal(await lanes.ask('b'), 'B-1')
  })

  test('who waits for a tree keeps no place from others, and who waits for a place no tree', async t => {
    const world = await open(t, { config: 'limits: {max_running: 2}' })
    const lanes = agentLanes(world)
    for (const name of ['a', 'b', 'c']) await lanes.open(name)
    await lanes.add('a')
    await lanes.add('b')
    await lanes.add('c', 'x', { tool_name: 'run-bash', payload: { command: 'true' } })
    await lanes.taken('a')
    assert.equal(await lanes.ask('b'), 'tree_busy')
    world.clock.advance(1)
    assert.equal(await lanes.ask('c'), 'C-1')
  })

  test('who waits for a limit keeps no place and no tree from others', async t => {
    const world = await open(t, { config: 'limits: {max_running: 1}' })
    const lanes = agentLanes(world)
    for (const name of ['a', 'b']) await lanes.open(name)
    await lanes.add('a')
    await lanes.add('b', 'x', { tool_name: 'llm-codex' })
    const running = await lanes.taken('b')
    assert.equal(await lanes.ask('a'), 'tree_busy')
    await world.api.pauseProvider({ name: 'claude' })
    await lanes.end(running, 'ok', { agent: 'codex' })
    await lanes.add('b', 'x', { tool_name: 'llm-codex' })
    assert.equal(await lanes.ask('b'), 'B-2')
  })

  test('a runner that has taken its lane’s lease anew finds the tree held by what is left there', async t => {
    const world = await open(t)
    const lanes = agentLanes(world)
    for (const name of ['a', 'b']) {
      await lanes.open(name)
      await lanes.add(name)
    }
    const task = await lanes.taken('a')
    const { runners } = await world.api.listRunners()
    await world.api.stopRunner({ id: runners.find(it => it.queue.name === 'a')?.id as string })
    await lanes.start('a')
    assert.equal(await lanes.ask('b'), 'tree_busy')
    const ending = { kind: 'vanished', detail: 'No trace.' } as const
    await world.api.finishAttempt({ id: task.id, attempt: 1, ending })
    assert.equal(await lanes.ask('b'), 'B-1')
  })

  test('what a worker outside works with needs no tree', async t => {
    const world = await open(t)
    const lanes = agentLanes(world)
    for (const name of ['a', 'b']) {
      await lanes.open(name)
      await lanes.add(name)
    }
    await lanes.taken('a')
    assert.equal((await world.api.peekQueue({ id: 'b' })).task?.friendly_id, 'B-1')
    assert.equal((await world.api.claimTask({ id: 'b' })).task?.friendly_id, 'B-1')
  })
}
