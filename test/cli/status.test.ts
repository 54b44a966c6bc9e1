import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { self } from '../../src/processes/identity.ts'
import { openDatabase } from '../../src/store/database.ts'
import { type Site, site } from './run-cli.ts'

const add = async (
  { core }: Site,
  queue_id: string,
  more: { not_before?: string; tool_name?: string } = {},
) => {
  const { tool_name = 'run-bash', not_before } = more
  const payload = tool_name === 'run-bash' ? { command: 'true' } : { prompt: 'Hi.' }
  return (await core.createTask({ queue_id, tool_name, payload, ...(not_before ? { not_before } : {}) })).task
}
const start = async ({ core }: Site, queue_id: string) =>
  (await core.startRunner({ queue_id, mode: 'watch', process: self() })).runner

/** What `sparkq status` says that the runner of a lane does. */
async function does(at: Site, lane = 'default'): Promise<string | undefined> {
  const { stdout } = await at.sparkq(['status'])
  const line = stdout.split('\n').find(it => it.includes(` ${lane} · `))
  return line?.split(' · ')[1]
}

describe('what status says of a runner', { concurrency: 4 }, () => {
  test('that waits for a place, and of one that works', async t => {
    const at = await site(t, { 'sparkq.yml': 'limits: {max_running: 1}\n' })
    await at.core.createQueue({ session_id: 'default', name: 'other' })
    for (const lane of ['default', 'other']) await add(at, lane)
    await at.core.claimTask({ id: 'other', runner_id: (await start(at, 'other')).id })
    await start(at, 'default')
    assert.equal(await does(at), 'waits for a place')
    assert.equal(await does(at, 'other'), 'works on OTHER-1')
  })

  test('that waits for room on the disk', async t => {
    const at = await site(t, { 'sparkq.yml': 'limits: {min_free_mb: 1000000000}\n' })
    await start(at, 'default')
    assert.equal(await does(at), 'waits for work')
    await add(at, 'default')
    assert.equal(await does(at), 'waits for room on the disk')
  })

  test('that waits for a time, for another tool, or with its lane', async t => {
    const at = await site(t)
    await start(at, 'default')
    await add(at, 'default', { not_before: '2130-03-01T12:00:00Z' })
    assert.match((await does(at)) ?? '', /^waits until 1 Mar 2130 \d\d:\d\d$/)
    await at.core.createTool({ name: 'by-hand', task_class: 'LLM_LITE' })
    await add(at, 'default', { tool_name: 'by-hand' })
    assert.equal(await does(at), 'waits, as DEFAULT-2 is for by-hand, which no runner runs')
    await at.core.pauseQueue({ id: 'default', reason: 'Lunch.' })
    assert.equal(await does(at), 'waits, as the lane is paused (Lunch)')
  })

  test('that waits for an agent: its program, its provider, the work tree', async t => {
    const at = await site(t)
    const { core } = at
    await core.createQueue({ session_id: 'default', name: 'other' })
    for (const lane of ['default', 'other']) await add(at, lane, { tool_name: 'llm-sonnet' })
    const runner = await start(at, 'default')
    const missing = [{ tool_name: 'llm-sonnet', program: 'claude', install: null }]
    await core.claimTask({ id: 'default', runner_id: runner.id, tools: ['run-bash'], missing })
    assert.equal(await does(at), 'waits, as the program of llm-sonnet is not there')
    await core.claimTask({ id: 'other', runner_id: (await start(at, 'other')).id, missing: [] })
    await core.claimTask({ id: 'default', runner_id: runner.id, tools: ['llm-sonnet'], missing: [] })
    assert.equal(await does(at), 'waits for the work tree, where another agent works')
    await core.pauseProvider({ name: 'claude' })
    assert.equal(await does(at), 'waits for its agent, which is paused')
    await core.resumeProvider({ name: 'claude' })
    await core.pauseProvider({ name: 'claude', until: '2130-03-01T12:00:00Z' })
    assert.match((await does(at)) ?? '', /^waits for its agent until 1 Mar 2130 \d\d:\d\d$/)
  })

  test('whose task has stalled, or takes too long', async t => {
    const at = await site(t)
    await add(at, 'default')
    await at.core.claimTask({ id: 'default', runner_id: (await start(at, 'default')).id })
    const db = openDatabase(`${at.folder}/sparkq/data/sparkq.db`)
    t.after(() => db.close())
    const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString()
    db.sql('UPDATE tasks SET stale_warned_at = ?, stops_at = ?').run(minutesAgo(20), minutesAgo(-7))
    assert.equal(await does(at), 'works on DEFAULT-1, stale, stops in 7 min')
    db.sql('UPDATE tasks SET stalled_at = ?').run(minutesAgo(12.5))
    assert.equal(await does(at), 'works on DEFAULT-1, stalled for 12 min, stops in 7 min')
  })
})
