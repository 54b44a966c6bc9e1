import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { AgentOutcome } from '../../src/contract/agents.ts'
import { refused } from '../support/refused.ts'
import { agentLanes } from './agent-lanes.ts'
import type { Harness } from './harness.ts'

const minute = 60

export function limiting({ open }: Harness): void {
  test('every agent’s provider is open until a run or a person says otherwise', async t => {
    const { api } = await open(t)
    const { providers } = await api.listProviders()
    assert.deepEqual(
      providers.map(it => [it.name, it.status, it.queued]),
      [
        ['claude', 'open', 0],
        ['codex', 'open', 0],
        ['gemini', 'open', 0],
      ],
    )
    await refused(api.pauseProvider({ name: 'nonsense' as never }), 'invalid', /one of claude, codex, gemini/)
  })

  test('a usage limit gives its task back uncharged, to wait for the reset at the head of its lane', async t => {
    const world = await open(t)
    const lanes = agentLanes(world)
    await lanes.open('a')
    await lanes.add('a', 'first')
    await lanes.add('a', 'second')
    const task = await lanes.taken('a')
    const resets_at = world.clock.stamp(3600)
    const back = await lanes.end(task, 'usage_limit', { resets_at, limit: 'five_hour' })
    assert.deepEqual(
      [back.status, back.attempts, back.wait_reason, back.not_before, back.error_type],
      ['queued', 0, 'limit', resets_at, null],
    )
    const { attempts } = await world.api.listAttempts({ id: task.id })
    assert.deepEqual(
      attempts.map(it => [it.outcome, it.charged, it.error_type, it.error_message, it.agent?.limit]),
      [['returned', false, 'agent_error', 'It was usage_limit.', 'five_hour']],
    )
    const gate = await lanes.provider()
    assert.deepEqual(
      [gate.status, gate.because, gate.until, gate.message, gate.queued],
      ['limited', 'usage_limit', resets_at, 'It was usage_limit.', 2],
    )
    assert.deepEqual(await lanes.claim('a'), { task: null, none_because: 'waiting', retry_at: resets_at })
  })

  test('a limit holds every lane of its provider, and no other', async t => {
    const world = await open(t)
    const lanes = agentLanes(world)
    for (const name of ['a', 'b', 'c', 'd']) await lanes.open(name)
    const resets_at = world.clock.stamp(3600)
    await lanes.run('a', 'usage_limit', { resets_at })
    await lanes.add('b')
    await lanes.add('c', 'x', { tool_name: 'llm-codex' })
    await lanes.add('d', 'x', { tool_name: 'run-bash', payload: { command: 'true' } })
    assert.deepEqual(await lanes.claim('b'), { task: null, none_because: 'provider', retry_at: resets_at })
    assert.deepEqual([await lanes.ask('c'), await lanes.ask('d')], ['C-1', 'D-1'])
  })

  test('at the reset one task tries, and the others begin when its provider has answered', async t => {
    const world = await open(t)
    const lanes = agentLanes(world)
    for (const name of ['a', 'b', 'c']) await lanes.open(name, worktree)
    await lanes.run('a', 'usage_limit', { resets_at: world.clock.stamp(3600) })
    await lanes.add('b')
    await lanes.add('c')
    world.clock.advance(3600)
    const canary = await lanes.taken('b')
    assert.equal((await lanes.provider()).canary_task_id, canary.id)
    assert.deepEqual([await lanes.ask('a'), await lanes.ask('c')], ['provider', 'provider'])
    await lanes.end(canary, 'denied')
    const { status, because, since, until, probes, canary_task_id } = await lanes.provider()
    assert.deepEqual(
      [status, because, since, until, probes, canary_task_id],
      ['open', null, null, null, 0, null],
    )
    assert.deepEqual([await lanes.ask('a'), await lanes.ask('c')], ['A-1', 'C-1'])
  })

  test('what waits for a limit is due as soon as its provider answers, however far away its time', async t => {
    const world = await open(t)
    const lanes = agentLanes(world)
    for (const name of ['a', 'b', 'c']) await lanes.open(name, worktree)
    await lanes.add('a')
    await lanes.add('b')
    const [one, two] = [await lanes.taken('a'), await lanes.taken('b')]
    await lanes.end(one, 'usage_limit', { resets_at: world.clock.stamp(600) })
    // The later reset counts for all; what was parked before it keeps its earlier time.
    const late = world.clock.stamp(7200)
    await lanes.end(two, 'usage_limit', { resets_at: late })
    assert.equal((await lanes.provider()).until, late)
    world.clock.advance(600)
    assert.equal(await lanes.ask('a'), 'provider')
    world.clock.advance(6600)
    await lanes.end(await lanes.taken('a'), 'ok')
    assert.equal(await lanes.ask('b'), 'B-1')
  })

  test('a limit that does not say when it ends is tried after 5, 10, 20, 40 and 60 minutes', async t => {
    const world = await open(t)
    const lanes = agentLanes(world)
    await lanes.open('a')
    await lanes.add('a')
    for (const [i, minutes] of [5, 10, 20, 40, 60, 60].entries()) {
      const task = await lanes.taken('a')
      const back = await lanes.end(task, 'usage_limit')
      assert.equal(back.not_before, world.clock.stamp(minutes * minute))
      const { until, probes } = await lanes.provider()
      assert.deepEqual([until, probes], [back.not_before, i])
      world.clock.advance(minutes * minute)
    }
    const done = await lanes.end(await lanes.taken('a'), 'ok')
    assert.deepEqual([done.status, done.attempts], ['succeeded', 1])
  })

  test('a reset that is over, or years away, is none to go by', async t => {
    const world = await open(t)
    const lanes = agentLanes(world)
    await lanes.open('a')
    await lanes.run('a', 'usage_limit', { resets_at: world.clock.stamp(-60) })
    assert.equal((await lanes.provider()).until, world.clock.stamp(minute))
    await world.api.resumeProvider({ name: 'claude' })
    await lanes.end(await lanes.taken('a'), 'usage_limit', { resets_at: '2099-01-01T00:00:00.000Z' })
    assert.equal((await lanes.provider()).until, world.clock.stamp(5 * minute))
  })

  test('an overloaded provider, and one out of reach, is tried after 1, 2, 4, 8 minutes, and at the sixth time in a row its task has failed', async t => {
    for (const outcome of ['overload', 'network'] as const) {
      const world = await open(t)
      const lanes = agentLanes(world)
      await lanes.open('a')
      await lanes.add('a')
      for (const minutes of [1, 2, 4, 8, 16]) {
        const back = await lanes.end(await lanes.taken('a'), outcome)
        assert.deepEqual([back.wait_reason, back.not_before], ['limit', world.clock.stamp(minutes * minute)])
        world.clock.advance(minutes * minute)
      }
      const task = await lanes.end(await lanes.taken('a'), outcome)
      assert.deepEqual([task.status, task.error_type, task.attempts], ['failed', 'agent_error', 1])
      assert.equal((await lanes.provider()).until, world.clock.stamp(30 * minute))
    }
  })

  test('a canary that is limited again sets the new time', async t => {
    const world = await open(t)
    const lanes = agentLanes(world)
    await lanes.open('a')
    await lanes.run('a', 'usage_limit', { resets_at: world.clock.stamp(60) })
    world.clock.advance(60)
    const resets_at = world.clock.stamp(3600)
    await lanes.end(await lanes.taken('a'), 'usage_limit', { resets_at })
    const { until, probes, canary_task_id } = await lanes.provider()
    assert.deepEqual([until, probes, canary_task_id], [resets_at, 1, null])
  })

  test('a canary that ends without a word of its provider makes the next task the canary', async t => {
    const endings: [AgentOutcome | 'cancelled' | 'vanished', string][] = [
      ['cancelled', 'failed'],
      ['vanished', 'queued'],
      ['killed', 'queued'],
      ['no_result', 'failed'],
    ]
    for (const [ending, status] of endings) {
      const world = await open(t)
      const lanes = agentLanes(world)
      for (const name of ['a', 'b']) await lanes.open(name, worktree)
      await lanes.run('a', 'usage_limit', { resets_at: world.clock.stamp(60) })
      await lanes.add('b')
      world.clock.advance(60)
      const canary = await lanes.taken('a')
      assert.equal(await lanes.ask('b'), 'provider')
      const { id, attempt } = canary
      const input = { id, attempt: attempt as number }
      const { task } =
        ending === 'cancelled'
          ? await world.api.finishAttempt({ ...input, ending: { kind: 'stopped', cause: ending } })
          : ending === 'vanished'
            ? await world.api.finishAttempt({ ...input, ending: { kind: ending, detail: 'No trace.' } })
            : { task: await lanes.end(canary, ending) }
      assert.equal(task.status, status, ending)
      assert.equal((await lanes.provider()).status, 'limited')
      const next = await lanes.taken('b')
      assert.equal((await lanes.provider()).canary_task_id, next.id)
    }
  })

  test('what ran when the gate was closed opens it for nobody', async t => {
    const world = await open(t)
    const lanes = agentLanes(world)
    for (const name of ['a', 'b', 'c']) await lanes.open(name, worktree)
    await lanes.add('b')
    const running = await lanes.taken('b')
    await lanes.run('a', 'usage_limit', { resets_at: world.clock.stamp(3600) })
    await lanes.end(running, 'ok')
    assert.equal((await lanes.provider()).status, 'limited')
    await lanes.add('c')
    assert.equal(await lanes.ask('c'), 'provider')
  })

  test('two providers are limited each by itself', async t => {
    const world = await open(t)
    const lanes = agentLanes(world)
    for (const name of ['a', 'b']) await lanes.open(name)
    await lanes.run('a', 'usage_limit', { resets_at: world.clock.stamp(600) })
    await lanes.add('b', 'x', { tool_name: 'llm-codex' })
    const codex = await lanes.taken('b')
    await lanes.end(codex, 'usage_limit', { agent: 'codex', resets_at: world.clock.stamp(60) })
    world.clock.advance(60)
    await lanes.end(await lanes.taken('b'), 'ok', { agent: 'codex' })
    assert.deepEqual(
      [(await lanes.provider('claude')).status, (await lanes.provider('codex')).status],
      ['limited', 'open'],
    )
  })

  test('a login or billing fault pauses the provider until a person says that it is mended', async t => {
    for (const [outcome, mend] of [
      ['auth', 'claude'],
      ['billing', null],
    ] as const) {
      const world = await open(t)
      const lanes = agentLanes(world)
      for (const name of ['a', 'b']) await lanes.open(name, worktree)
      const back = await lanes.run('a', outcome)
      assert.deepEqual(
        [back.status, back.attempts, back.wait_reason, back.not_before],
        ['queued', 0, 'limit', null],
      )
      const gate = await lanes.provider()
      assert.deepEqual([gate.status, gate.because, gate.mend, gate.until], ['paused', outcome, mend, null])
      world.clock.advance(86_400)
      assert.deepEqual(await lanes.claim('a'), { task: null, none_because: 'provider', retry_at: null })
      await world.api.resumeProvider({ name: 'claude' })
      assert.equal(await lanes.ask('a'), 'A-1')
    }
  })

  test('a provider that a person resumes takes work at once, of what waited for a time, too', async t => {
    const world = await open(t)
    const lanes = agentLanes(world)
    for (const name of ['a', 'b']) await lanes.open(name, worktree)
    await lanes.run('a', 'usage_limit', { resets_at: world.clock.stamp(3600) })
    await lanes.add('b', 'later', { not_before: world.clock.stamp(60) })
    const { provider } = await world.api.resumeProvider({ name: 'claude' })
    assert.deepEqual([provider.status, provider.queued], ['open', 2])
    assert.equal(await lanes.ask('a'), 'A-1')
    assert.equal(await lanes.ask('b'), 'delayed', 'a delay that a person asked for stays')
    // Said again, it is just as open.
    assert.equal((await world.api.resumeProvider({ name: 'claude' })).provider.status, 'open')
  })

  test('a provider that a person paused stays so, whatever its runs say, until its time or a person resumes it', async t => {
    const world = await open(t)
    const lanes = agentLanes(world)
    for (const name of ['a', 'b']) await lanes.open(name, worktree)
    await lanes.add('a')
    const running = await lanes.taken('a')
    const until = world.clock.stamp(3600)
    await world.api.pauseProvider({ name: 'claude', reason: 'Saving.', until })
    await lanes.end(running, 'usage_limit', { resets_at: world.clock.stamp(60) })
    const gate = await lanes.provider()
    assert.deepEqual(
      [gate.status, gate.because, gate.message, gate.until],
      ['paused', 'person', 'Saving.', until],
    )
    await lanes.add('b')
    assert.equal(await lanes.ask('b'), 'provider')
    world.clock.advance(3600)
    assert.equal(await lanes.ask('b'), 'B-1')
  })

  test('a lane that skips what waits goes on with its scripts, and with other providers', async t => {
    const world = await open(t)
    const lanes = agentLanes(world)
    const settings = { default_tool: 'llm-sonnet', on_wait: 'skip', worktree: true } as const
    await lanes.open('a', { settings })
    await lanes.run('a', 'usage_limit', { resets_at: world.clock.stamp(3600) })
    await lanes.add('a', 'second')
    await lanes.add('a', 'x', { tool_name: 'run-bash', payload: { command: 'true' } })
    assert.equal(await lanes.ask('a'), 'A-3')
    await world.api.finishAttempt({ id: 'A-3', attempt: 1, ending: { kind: 'exit', code: 0 } })
    assert.deepEqual(await lanes.claim('a'), {
      task: null,
      none_because: 'provider',
      retry_at: world.clock.stamp(3600),
    })
    world.clock.advance(3600)
    assert.equal(await lanes.ask('a'), 'A-1')
  })

  test('a worker outside claims what it likes: what it works with is not known', async t => {
    const world = await open(t)
    const lanes = agentLanes(world)
    await lanes.open('a')
    await world.api.pauseProvider({ name: 'claude' })
    await lanes.add('a')
    assert.equal((await world.api.peekQueue({ id: 'a' })).task?.friendly_id, 'A-1')
    assert.equal((await world.api.claimTask({ id: 'a' })).task?.friendly_id, 'A-1')
    await world.api.completeTask({ id: 'A-1', result_summary: 'Done.' })
    assert.equal((await lanes.provider()).status, 'paused')
  })

  test('a gate outlives the processes that closed it', async t => {
    const world = await open(t)
    const lanes = agentLanes(world)
    await lanes.open('a')
    await lanes.run('a', 'usage_limit', { resets_at: world.clock.stamp(60) })
    const other = await world.another()
    assert.deepEqual(await other.listProviders(), await world.api.listProviders())
    world.clock.advance(60)
    await lanes.taken('a')
    const { providers } = await other.listProviders()
    assert.equal(providers[0]?.canary_task_id, (await other.getTask({ id: 'A-1' })).task.id)
  })

  test('said twice, an end changes nothing more', async t => {
    const world = await open(t)
    const lanes = agentLanes(world)
    await lanes.open('a')
    await lanes.add('a')
    const task = await lanes.taken('a')
    const finished_at = world.clock.stamp()
    await lanes.end(task, 'usage_limit', {}, { finished_at })
    const before = await lanes.provider()
    await lanes.end(task, 'usage_limit', {}, { finished_at })
    assert.deepEqual(await lanes.provider(), before)
  })
}

const worktree = { settings: { default_tool: 'llm-sonnet', worktree: true } }
