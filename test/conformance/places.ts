import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { readProject } from '../../src/config.ts'
import { applyConfig } from '../../src/live-config.ts'
import { self } from '../../src/processes/identity.ts'
import { refused } from '../support/refused.ts'
import type { Harness, World } from './harness.ts'

const dead = { ...self(), start_time: '1' }

/** Lanes with tasks and a runner each; `ask` claims as the lane's runner. */
async function lanes(world: World, names: string[], { process = self(), tasks = 3 } = {}) {
  const runners = new Map<string, string>()
  for (const name of names) {
    const queue = await world.lane(name)
    for (let i = 0; i < tasks; i++) await world.add(queue)
    const { runner } = await world.api.startRunner({ queue_id: name, mode: 'watch', process })
    runners.set(name, runner.id)
  }
  return async (name: string, more: { tools?: string[] } = {}) => {
    const runner_id = runners.get(name) as string
    const { task, none_because } = await world.api.claimTask({ id: name, runner_id, ...more })
    return task?.friendly_id ?? none_because
  }
}

/** What runs is at its first attempt. */
async function end({ api }: World, id: string) {
  await api.finishAttempt({ id, attempt: 1, ending: { kind: 'exit', code: 0 } })
}

export function places({ open }: Harness): void {
  const openWith = (t: TestContext, max: number, more = '') =>
    open(t, { config: `limits: {max_running: ${max}}\n${more}` })
  const waitingSince = async ({ api }: World, name: string) =>
    (await api.listRunners()).runners.find(it => it.queue.name === name)?.waiting_since

  test('no more tasks run than limits.max_running allows, over all lanes', async t => {
    const world = await openWith(t, 2)
    const { api, lane, add } = world
    for (const name of ['a', 'b', 'c']) await add(await lane(name))
    assert.equal((await api.claimTask({ id: 'a' })).task?.friendly_id, 'A-1')
    assert.equal((await api.claimTask({ id: 'b' })).task?.friendly_id, 'B-1')
    const none = { task: null, none_because: 'max_running', retry_at: null }
    assert.deepEqual(await api.claimTask({ id: 'c' }), none)
    assert.deepEqual(await api.peekQueue({ id: 'c' }), none)
    await end(world, 'A-1')
    assert.equal((await api.claimTask({ id: 'c' })).task?.friendly_id, 'C-1')
  })

  test('of many claims at once in as many lanes, only as many are answered as may run', async t => {
    const { api, lane, add, another } = await openWith(t, 3)
    const names = ['a', 'b', 'c', 'd', 'e', 'f']
    for (const name of names) await add(await lane(name))
    const other = await another()
    const claims = await Promise.all(names.flatMap(id => [api.claimTask({ id }), other.claimTask({ id })]))
    assert.equal(claims.filter(it => it.task !== null).length, 3)
  })

  test('a lane that has nothing to begin is told that, not that it waits for a place', async t => {
    const world = await openWith(t, 1)
    const { api, lane, add, clock } = world
    const ask = await lanes(world, ['a', 'b'], { tasks: 1 })
    assert.equal(await ask('a'), 'A-1')
    assert.equal(await ask('b', { tools: ['llm-haiku'] }), 'other_tool')
    await api.pauseQueue({ id: 'b' })
    assert.equal(await ask('b'), 'not_active')
    assert.equal(await ask('a'), 'empty')
    await add(await lane('c'), { not_before: clock.stamp(60) })
    assert.equal((await api.claimTask({ id: 'c' })).none_because, 'delayed')
    assert.equal(await waitingSince(world, 'b'), null)
  })

  test('a claim repeated with its key is the same claim, also when no more may run', async t => {
    const { api, lane, add } = await openWith(t, 1)
    await add(await lane('a'))
    await api.claimTask({ id: 'a', claim_key: 'k' })
    assert.equal((await api.claimTask({ id: 'a', claim_key: 'k' })).task?.friendly_id, 'A-1')
  })

  test('the place that a lane gives back goes to the lane that waits longest', async t => {
    const world = await openWith(t, 1)
    const { api, clock } = world
    const ask = await lanes(world, ['a', 'b', 'c'])
    assert.equal(await ask('a'), 'A-1')
    const since = clock.stamp()
    assert.equal(await ask('b'), 'max_running')
    clock.advance(1)
    assert.equal(await ask('c'), 'max_running')
    assert.equal(await ask('b'), 'max_running')
    assert.equal(await waitingSince(world, 'b'), since)

    const order: (string | null)[] = []
    for (let i = 0; i < 5; i++) {
      const { tasks } = await api.listTasks({ status: 'running' })
      await end(world, tasks[0]?.friendly_id as string)
      clock.advance(1)
      // Who has just ended a task asks first, the longest waiting one last.
      for (const name of ['a', 'c', 'b']) {
        const answer = await ask(name)
        if (answer !== 'max_running') order.push(answer)
      }
    }
    assert.deepEqual(order, ['B-1', 'C-1', 'A-2', 'B-2', 'C-2'])
    assert.equal(await waitingSince(world, 'c'), null)
  })

  test('who must leave a free place to others asks again soon, and a worker outside leaves it too', async t => {
    const world = await openWith(t, 1)
    const { api, clock } = world
    const ask = await lanes(world, ['a', 'b'])
    await ask('a')
    await ask('b')
    await end(world, 'A-1')
    const { none_because, retry_at } = await api.claimTask({ id: 'a' })
    assert.deepEqual([none_because, retry_at], ['max_running', clock.stamp(1)])
    assert.equal(await ask('b'), 'B-1')
  })

  test('a lane that has no work any more keeps no place', async t => {
    const world = await openWith(t, 1)
    const { api } = world
    const ask = await lanes(world, ['a', 'b'])
    await ask('a')
    assert.equal(await ask('b'), 'max_running')
    await api.pauseQueue({ id: 'b' })
    await end(world, 'A-1')
    assert.equal(await ask('a'), 'A-2')
    assert.equal(await ask('b'), 'not_active')
    assert.equal(await waitingSince(world, 'b'), null)
  })

  test('a runner that died while it waited keeps no place', async t => {
    const world = await openWith(t, 1)
    const ask = await lanes(world, ['a'])
    const asDead = await lanes(world, ['b'], { process: dead })
    await ask('a')
    assert.equal(await asDead('b'), 'max_running')
    await end(world, 'A-1')
    assert.equal(await ask('a'), 'A-2')
  })

  test('a runner that lives but has not asked for a while keeps no place, one that asks does', async t => {
    const world = await openWith(t, 1, 'queue_runner: {poll_interval: 10}\n')
    const { clock } = world
    const ask = await lanes(world, ['a', 'b'])
    await ask('a')
    await ask('b')
    await end(world, 'A-1')
    clock.advance(20)
    assert.equal(await ask('a'), 'max_running')
    clock.advance(6)
    assert.equal(await ask('a'), 'A-2')
    assert.equal(await ask('b'), 'max_running')
    await end(world, 'A-2')
    clock.advance(20)
    assert.equal(await ask('a'), 'max_running')
    assert.equal(await ask('b'), 'B-1')
  })

  test('looks of a runner that waits write nothing between two signs of life', async t => {
    const world = await openWith(t, 1)
    const { api, clock } = world
    const ask = await lanes(world, ['a', 'b'])
    await ask('a')
    await ask('b')
    const beat = async () => (await api.listRunners()).runners.find(it => it.queue.name === 'b')?.heartbeat_at
    const first = clock.stamp()
    clock.advance(1)
    await ask('b')
    assert.equal(await beat(), first)
    clock.advance(2)
    await ask('b')
    assert.equal(await beat(), clock.stamp())
  })

  test('a runner that lost its lane hears that, also when no more may run', async t => {
    const world = await openWith(t, 1)
    const asDead = await lanes(world, ['b'], { process: dead })
    const ask = await lanes(world, ['a'])
    await ask('a')
    await world.api.startRunner({ queue_id: 'b', mode: 'watch', process: self() })
    await refused(asDead('b'), 'conflict', /no longer holds the lane/)
  })

  test('a new limit holds for all as soon as anybody has taken the file over', async t => {
    const { api, lane, add, projectRoot } = await openWith(t, 1)
    const file = path.join(projectRoot, 'sparkq.yml')
    for (const name of ['a', 'b', 'c']) await add(await lane(name))
    await api.claimTask({ id: 'a' })
    assert.equal((await api.claimTask({ id: 'b' })).none_because, 'max_running')
    fs.writeFileSync(file, 'limits: {max_running: 2}\n')
    applyConfig(readProject(file), 'test')
    assert.equal((await api.claimTask({ id: 'b' })).task?.friendly_id, 'B-1')
    assert.equal((await api.claimTask({ id: 'c' })).none_because, 'max_running')
    fs.writeFileSync(file, 'limits: {max_running: null}\n')
    applyConfig(readProject(file), 'test')
    assert.equal((await api.claimTask({ id: 'c' })).task?.friendly_id, 'C-1')
  })
}
