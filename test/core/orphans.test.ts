import assert from 'node:assert/strict'
import fs from 'node:fs'
import { type TestContext, test } from 'node:test'
import { attemptFiles } from '../../src/attempt-files/paths.ts'
import type { Core } from '../../src/core/core.ts'
import { liveness, self } from '../../src/processes/identity.ts'
import { remains, start, startTask, type Task } from '../processes/support.ts'
import { testClock } from '../support/clock.ts'
import { type OpenProject, openProject } from '../support/project.ts'
import { waitFor } from '../support/wait.ts'

/** A task whose processes run on this machine, but whose runner is dead. */
async function orphan(t: TestContext, fixture: string, { core, project }: OpenProject): Promise<Task> {
  const task = await startTask(t, fixture)
  await core.createSession({ name: 'auth' })
  await core.createQueue({ session_id: 'auth', name: 'auth' })
  await core.createTask({
    queue_id: 'auth',
    tool_name: 'run-bash',
    payload: { command: 'true' },
    timeout: 30,
  })
  const process = { ...self(), start_time: '1' }
  const { runner } = await core.startRunner({ queue_id: 'auth', mode: 'run', process })
  const claim = await core.claimTask({ id: 'auth', runner_id: runner.id, claim_key: task.mark })
  const { wrapper, leader } = task.tree
  await core.startAttempt({ id: 'AUTH-1', attempt: 1, process: wrapper, command: ['x'], cwd: '/' })
  const files = attemptFiles(project.logs, claim.task?.id as string, 1)
  fs.mkdirSync(files.folder, { recursive: true })
  fs.writeFileSync(files.status, `pid ${leader.pid}\n`)
  return task
}

const nothingRemains = (task: Task) => waitFor('nothing is left of it', () => remains(task).length === 0)
const attemptOf = async (core: Core) => (await core.listAttempts({ id: 'AUTH-1' })).attempts[0]

test('cancelling a task whose runner is dead stops what it left', async t => {
  const project = openProject(t)
  const task = await orphan(t, 'polite.sh', project)
  const cancelled = await project.core.cancelTask({ id: 'AUTH-1' })
  assert.deepEqual([cancelled.task.status, cancelled.task.error_type], ['failed', 'cancelled'])
  const attempt = await attemptOf(project.core)
  assert.deepEqual(
    attempt?.stop?.signals.map(it => it.signal),
    ['SIGTERM'],
  )
  assert.deepEqual(attempt?.stop?.survivors, [])
  await nothingRemains(task)
})

test('the cause is known before it has worked, and what clings on is killed', async t => {
  const project = openProject(t, { config: 'limits: { stop_grace: 1 }' })
  const { core } = project
  const task = await orphan(t, 'clinging.sh', project)
  const cancelled = core.cancelTask({ id: 'AUTH-1' })
  await waitFor('the cause is known', async () => (await attemptOf(core))?.stop_cause === 'cancelled')
  assert.equal((await core.getTask({ id: 'AUTH-1' })).task.status, 'running')
  assert.equal((await cancelled).task.error_type, 'cancelled')
  const stop = (await attemptOf(core))?.stop
  assert.ok(stop?.signals.some(it => it.signal === 'SIGKILL'))
  assert.deepEqual(stop?.survivors, [])
  await nothingRemains(task)
})

test('two who cancel the same orphan at once both see it cancelled', async t => {
  const project = openProject(t, { config: 'limits: { stop_grace: 1 }' })
  const task = await orphan(t, 'stubborn.sh', project)
  const both = [project.core, project.again()].map(core => core.cancelTask({ id: 'AUTH-1' }))
  for (const { task: seen } of await Promise.all(both)) assert.equal(seen.error_type, 'cancelled')
  await nothingRemains(task)
})

test('an orphan that runs past its time is stopped by a sweep', async t => {
  const clock = testClock()
  const project = openProject(t, { config: 'limits: { stop_grace: 0.2 }', clock })
  const task = await orphan(t, 'stubborn.sh', project)
  clock.advance(60)
  const { failed } = await project.core.sweep()
  assert.equal(failed.length, 1)
  const { task: ended } = await project.core.getTask({ id: 'AUTH-1' })
  assert.deepEqual([ended.status, ended.error_type], ['failed', 'timeout'])
  assert.match(ended.error_message ?? '', /Stopped after 60 s/)
  await nothingRemains(task)
})

test('a stranger that took over the pid is left alone', async t => {
  const project = openProject(t, { config: 'limits: { stop_grace: 0.2 }' })
  const { core, project: files } = project
  const stranger = start(t, ['sleep', '600'])
  await core.createSession({ name: 'auth' })
  await core.createQueue({ session_id: 'auth', name: 'auth' })
  await core.createTask({ queue_id: 'auth', tool_name: 'run-bash', payload: { command: 'true' } })
  const process = { ...self(), start_time: '1' }
  const { runner } = await core.startRunner({ queue_id: 'auth', mode: 'run', process })
  const claim = await core.claimTask({ id: 'auth', runner_id: runner.id, claim_key: 'a mark of nobody' })
  const id = claim.task?.id as string
  const reused = { ...stranger, start_time: 'earlier' }
  await core.startAttempt({ id, attempt: 1, process: reused, command: ['x'], cwd: '/' })
  const { folder, status } = attemptFiles(files.logs, id, 1)
  fs.mkdirSync(folder, { recursive: true })
  fs.writeFileSync(status, `pid ${stranger.pid}\n`)
  const cancelled = await core.cancelTask({ id })
  assert.equal(cancelled.task.error_type, 'cancelled')
  assert.equal(liveness(stranger), 'alive')
})
