import assert from 'node:assert/strict'
import { test } from 'node:test'
import { self } from '../../src/processes/identity.ts'
import { openDatabase } from '../../src/store/database.ts'
import { openProject } from '../support/project.ts'

test('a runner that waits for a place, and is told to go, keeps no place from others', async t => {
  const { core, project } = openProject(t, { config: 'limits: {max_running: 1}\n' })
  const db = openDatabase(project.database)
  t.after(() => db.close())
  await core.createSession({ name: 's' })
  for (const name of ['a', 'b']) {
    await core.createQueue({ session_id: 's', name })
    for (let i = 0; i < 2; i++)
      await core.createTask({ queue_id: name, tool_name: 'run-bash', payload: { command: 'true' } })
  }
  await core.claimTask({ id: 'a' })
  const { runner } = await core.startRunner({ queue_id: 'b', mode: 'watch', process: self() })
  assert.equal((await core.claimTask({ id: 'b', runner_id: runner.id })).none_because, 'max_running')
  await core.completeTask({ id: 'A-1', result_summary: 'Done.' })
  assert.equal((await core.claimTask({ id: 'a' })).none_because, 'max_running')
  db.sql("UPDATE runners SET stop_requested_at = 'now'").run()
  assert.equal((await core.claimTask({ id: 'a' })).task?.friendly_id, 'A-2')
})
