import assert from 'node:assert/strict'
import fs from 'node:fs'
import { test } from 'node:test'
import { self } from '../../src/processes/identity.ts'
import { lockFilePath } from '../../src/runner/lock-file.ts'
import { refused } from '../support/refused.ts'
import { waitFor } from '../support/wait.ts'
import { openLane } from './support.ts'

test('`once` does one task, `run` all there are', async t => {
  const lane = await openLane(t)
  for (let i = 0; i < 3; i++) await lane.bash('true')
  assert.equal((await lane.work('once')).done, 1)
  assert.equal((await lane.task('Q-2')).status, 'queued')
  assert.equal((await lane.work('run')).done, 2)
  assert.equal((await lane.work('run')).done, 0)
})

test('`watch` takes what another process enqueues, resumes and delays', async t => {
  const lane = await openLane(t)
  const runner = lane.spawnRunner('watch')
  await runner.saw('waiting')
  await lane.bash('echo a')
  await runner.saw('task_ended', 'Q-1')
  await lane.api.pauseQueue({ id: 'q' })
  await lane.bash('echo b')
  await lane.api.resumeQueue({ id: 'q' })
  await runner.saw('task_ended', 'Q-2')
  await lane.bash('echo c', { not_before: new Date(Date.now() + 200).toISOString() })
  await runner.saw('task_ended', 'Q-3')
  await lane.api.pauseQueue({ id: 'q', resume_at: new Date(Date.now() + 200).toISOString() })
  await lane.bash('echo d')
  await runner.saw('task_ended', 'Q-4')
  runner.kill('SIGTERM')
  await runner.ended
  const { not_before, claimed_at } = await lane.task('Q-3')
  assert.equal(not_before, null)
  assert.ok((claimed_at ?? '') > ((await lane.task('Q-2')).finished_at ?? '~'))
})

test('a task for a tool that runners do not run holds the lane, and the runner says so', async t => {
  const lane = await openLane(t)
  await lane.api.createTool({ name: 'by-hand', task_class: 'LLM_LITE' })
  await lane.api.createTask({ queue_id: 'q', tool_name: 'by-hand', payload: { prompt: 'Write tests' } })
  await lane.bash('true')
  const { events, done } = await lane.work()
  assert.equal(done, 0)
  const waiting = events.find(it => it.type === 'waiting')
  assert.deepEqual([waiting?.because, waiting?.next?.friendly_id], ['other_tool', 'Q-1'])
  assert.equal((await lane.task('Q-1')).status, 'queued')
})

test('a second runner on a lane is refused, and says who holds it', async t => {
  const lane = await openLane(t)
  const runner = lane.spawnRunner('watch')
  await runner.saw('waiting')
  const error = await refused(
    lane.work(),
    'conflict',
    /has a runner already: process \d+ on \S+, since \d\d:\d\d\.$/,
  )
  assert.ok(error.message.includes(`process ${runner.pid} `), error.message)
  runner.kill('SIGTERM')
  await runner.ended
  await lane.work()
})

test('of many runners that start at once, one gets the lane', async t => {
  const lane = await openLane(t)
  const { api } = lane
  const identities = [self(), self(), self()]
  const starts = await Promise.allSettled(
    identities.map(process => api.startRunner({ queue_id: 'q', mode: 'run', process })),
  )
  assert.equal(starts.filter(it => it.status === 'fulfilled').length, 1)
})

test('the lock file names the runner and goes with it', async t => {
  const lane = await openLane(t)
  const { queue } = await lane.api.getQueue({ id: 'q' })
  const file = lockFilePath(lane.project.root, queue.id)
  const runner = lane.spawnRunner('watch')
  await runner.saw('waiting')
  const [pid, ...rest] = fs.readFileSync(file, 'utf8').trimEnd().split('\n')
  assert.equal(Number(pid), runner.pid)
  assert.equal(rest.length, 4)
  assert.equal(fs.statSync(file).mode & 0o777, 0o600)
  runner.kill('SIGTERM')
  await runner.ended
  assert.equal(fs.existsSync(file), false)
})

test('a lock file that a dead runner left is replaced', async t => {
  const lane = await openLane(t)
  const { queue } = await lane.api.getQueue({ id: 'q' })
  const file = lockFilePath(lane.project.root, queue.id)
  const first = lane.spawnRunner('watch')
  await first.saw('waiting')
  first.kill('SIGKILL')
  await first.ended
  assert.equal(fs.existsSync(file), true)
  const second = lane.spawnRunner('watch')
  await second.saw('waiting')
  await waitFor('the lock file names the new one', () =>
    fs.readFileSync(file, 'utf8').startsWith(`${second.pid}\n`),
  )
  second.kill('SIGTERM')
  await second.ended
})

test('a lane may be worked on from inside a task of another lane', async t => {
  const lane = await openLane(t)
  await lane.api.createQueue({ session_id: 's', name: 'inner' })
  await lane.api.createTask({
    queue_id: 'inner',
    tool_name: 'run-bash',
    payload: { command: 'echo "inner $SPARKQ_TASK"' },
  })
  const cli = `${process.execPath} ${new URL('../fixtures/cli/main.ts', import.meta.url).pathname}`
  await lane.bash(`${cli} runner -q inner`)
  await lane.work()
  assert.equal((await lane.task('Q-1')).status, 'succeeded')
  assert.equal((await lane.task('INNER-1')).result_summary, 'inner INNER-1')
})

test('a runner ends when its lane is deleted or ended', async t => {
  const lane = await openLane(t)
  await lane.api.createQueue({ session_id: 's', name: 'spare' })
  const ended = lane.spawnRunner('watch')
  await ended.saw('waiting')
  await lane.api.endQueue({ id: 'q' })
  await ended.ended
  await lane.api.createQueue({ session_id: 's', name: 'p' })
  await lane.api.deleteQueue({ id: 'q' })
  await lane.api.updateQueue({ id: 'p', name: 'q' })
  const deleted = lane.spawnRunner('watch')
  await deleted.saw('waiting')
  await lane.api.deleteQueue({ id: 'q' })
  await deleted.ended
  assert.match(deleted.lines.join('\n'), /The lane \\"q\\" was deleted/)
})

test('`once` is satisfied by the task that it takes up', async t => {
  const lane = await openLane(t)
  await lane.bash('echo one; until [ -e go ]; do sleep 0.01; done')
  await lane.bash('true')
  const first = lane.spawnRunner('watch')
  await first.saw('output', 'Q-1')
  first.kill('SIGKILL')
  await first.ended
  fs.writeFileSync(`${lane.project.root}/go`, '')
  assert.equal((await lane.work('once')).done, 1)
  assert.equal((await lane.task('Q-1')).status, 'succeeded')
  assert.equal((await lane.task('Q-2')).status, 'queued')
})
