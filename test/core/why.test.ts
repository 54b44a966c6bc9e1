import assert from 'node:assert/strict'
import fs from 'node:fs'
import { type TestContext, test } from 'node:test'
import { attemptFiles } from '../../src/attempt-files/paths.ts'
import type { WhyCode } from '../../src/contract/why.ts'
import { self } from '../../src/processes/identity.ts'
import { openDatabase } from '../../src/store/database.ts'
import { openStore } from '../../src/store/store.ts'
import { testClock } from '../support/clock.ts'
import { openProject } from '../support/project.ts'

/** A lane with one task; what other parts of SparkQ write into the database the test writes itself. */
async function openLane(t: TestContext) {
  const clock = testClock()
  const { core, project } = openProject(t, { clock })
  await core.createSession({ name: 's' })
  const { queue } = await core.createQueue({ session_id: 's', name: 'auth' })
  await core.createTask({ queue_id: 'auth', tool_name: 'run-bash', payload: { command: 'true' } })
  const db = openDatabase(project.database)
  const store = openStore(project.database)
  t.after(() => {
    db.close()
    store.close()
  })
  const says = async (code: WhyCode, sentence: RegExp) => {
    const { why } = await core.explainTask({ id: 'AUTH-1' })
    assert.equal(why.code, code, why.sentence)
    assert.match(why.sentence, sentence)
    return why
  }
  const start = async () =>
    (await core.startRunner({ queue_id: 'auth', mode: 'watch', process: self() })).runner
  return { core, project, queue, clock, db, store, says, start }
}

test('what waits for a runner that was told to go is told so', async t => {
  const { db, says, start } = await openLane(t)
  await start()
  db.sql("UPDATE runners SET stop_requested_at = 'now'").run()
  const why = await says('runner_stopping', /was told to go after its task/)
  assert.deepEqual(why.next, ['sparkq start -q auth'])
})

test('a lane that is to have no runner says so, unless it has one', async t => {
  const { db, says, start } = await openLane(t)
  db.sql("UPDATE queues SET runner_wanted = 'off'").run()
  const why = await says('runner_off', /"auth" is to have no runner/)
  assert.deepEqual(why.next, ['sparkq start -q auth'])
  await start()
  await says('next', /about to be taken/)
})

test('a runner that died is told of until another has started', async t => {
  const { core, queue, clock, store, says, start } = await openLane(t)
  const die = (data: object) =>
    store.audit.append({
      at: clock.stamp(),
      event: 'runner.died' as never,
      actor: 'server',
      queue_id: queue.id,
      data,
    })
  await core.stopRunner({ id: (await start()).id })
  die({ exit_code: null, signal: 'SIGKILL', deaths: 1, restart_at: clock.stamp(30) })
  const why = await says('runner_died', /died at \S+ \(SIGKILL\) and is started again in 30 s\.$/)
  assert.equal(why.until, clock.stamp(30))
  clock.advance(30)
  await says('runner_died', /died at \S+ \(SIGKILL\)\.$/)
  die({ exit_code: 3, signal: null })
  await says('runner_died', /\(exit 3\)\.$/)
  await core.stopRunner({ id: (await start()).id })
  await says('no_runner', /no runner works/)
})

test('a task that seems to do nothing is said to', async t => {
  const { core, db, clock, says } = await openLane(t)
  await core.claimTask({ id: 'auth' })
  db.sql('UPDATE tasks SET stalled_at = ?').run(clock.stamp())
  await says('stalled', /no output and used no processor time since/)
})

test('a task that waits for a limit or an answer says for which', async t => {
  const { db, clock, says, start } = await openLane(t)
  await start()
  db.sql("UPDATE tasks SET wait_reason = 'limit', not_before = ?").run(clock.stamp(3600))
  await says('limit', /waits for a usage limit to end at/)
  db.sql("UPDATE tasks SET wait_reason = 'question', not_before = NULL").run()
  await says('question', /waits for an answer/)
})

test('a task whose end is recorded does not run on, although no runner has settled it', async t => {
  const { core, project, says, start } = await openLane(t)
  const runner = await start()
  const { task } = await core.claimTask({ id: 'auth', runner_id: runner.id, claim_key: 'key' })
  await core.stopRunner({ id: runner.id })
  await says('orphaned', /runs on/)
  const { status, folder } = attemptFiles(project.logs, task?.id as string, 1)
  fs.mkdirSync(folder, { recursive: true })
  fs.writeFileSync(status, 'pid 1\nexit 0\n')
  const why = await says('orphaned', /^AUTH-1 has ended, but its runner is gone/)
  assert.deepEqual(why.next, ['sparkq runner -q auth', 'sparkq logs AUTH-1'])
})

test('where a server keeps runners, it is the one to give a lane one', async t => {
  const { core, says } = await openLane(t)
  core.beginSupervision({ all: false, sessions: [], queues: [] })
  const why = await says('no_runner', /no runner works/)
  assert.deepEqual([why.next, why.ahead], [['sparkq start -q auth'], 0])
})
