import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ChangesInput } from '../../src/contract/changes.ts'
import { refused } from '../support/refused.ts'
import { agentLanes } from './agent-lanes.ts'
import type { Harness } from './harness.ts'

const changes: ChangesInput = {
  before: { head: 'a'.repeat(40), dirty: false },
  after: { head: 'b'.repeat(40), dirty: true },
  branch: 'main',
  worktree: null,
  commits: [{ id: 'b'.repeat(40), subject: 'Mend the login' }],
  files: [
    { path: 'login.ts', added: 2, deleted: 1 },
    { path: 'logo.png', added: null, deleted: null },
  ],
  shared: false,
  patch: 'diff --git a/login.ts b/login.ts\n',
  patch_bytes: 5_000_000,
  cut: true,
}

export function patching({ open }: Harness): void {
  test('what an attempt changed is kept with it, and its patch until the task is gone', async t => {
    const world = await open(t)
    const lanes = agentLanes(world)
    await lanes.open('a')
    const { id } = await lanes.run('a', 'ok', {}, { changes })
    const { patch, ...rest } = changes
    const { attempts } = await world.api.listAttempts({ id })
    assert.deepEqual(attempts[0]?.changes, rest)
    const kept = { attempt: 1, changes: rest, patch }
    assert.deepEqual(await world.api.getPatch({ id: 'A-1' }), kept)
    assert.deepEqual(await world.api.getPatch({ id: 'A-1', attempt: 1 }), kept)
    await refused(world.api.getPatch({ id: 'A-1', attempt: 2 }), 'not_found', /has no attempt 2/)
    await world.api.deleteTask({ id })
    await refused(world.api.getPatch({ id: 'A-1' }), 'not_found')
  })

  test('of several attempts the last one counts that was looked at; of none there is no patch', async t => {
    const world = await open(t)
    const lanes = agentLanes(world)
    await lanes.open('a')
    await lanes.add('a')
    const none = { attempt: null, changes: null, patch: '' }
    assert.deepEqual(await world.api.getPatch({ id: 'A-1' }), none)
    await lanes.end(await lanes.taken('a'), 'lost_conversation', {}, { changes })
    await lanes.end(await lanes.taken('a'), 'lost_conversation')
    assert.equal((await world.api.getPatch({ id: 'A-1' })).attempt, 1)
    assert.deepEqual(await world.api.getPatch({ id: 'A-1', attempt: 2 }), { ...none, attempt: 2 })
  })

  test('a patch that is longer than what is kept is refused', async t => {
    const world = await open(t)
    const lanes = agentLanes(world)
    await lanes.open('a')
    await lanes.add('a')
    const task = await lanes.taken('a')
    const long = { changes: { ...changes, patch: 'x'.repeat(1_048_577) } }
    await refused(lanes.end(task, 'ok', {}, long), 'invalid', /changes\.patch must have at most 1048576/)
    const most = { changes: { ...changes, patch: 'ü'.repeat(1_048_576) } }
    assert.equal((await lanes.end(task, 'ok', {}, most)).status, 'succeeded')
  })
}
