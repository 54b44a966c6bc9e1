import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startIdle } from '../support/idle-process.ts'
import { openLane } from './support.ts'

test('a runner that waits takes up what a worker outside had, once that is gone; no server is needed', async t => {
  const lane = await openLane(t)
  await lane.bash('true')
  const worker = startIdle(t)
  await lane.api.claimTask({ id: 'q', process: worker.process })
  const runner = lane.spawnRunner('watch')
  await runner.saw('waiting')
  await worker.kill()
  const since = performance.now()
  await runner.saw('task_ended', 'Q-1')
  const tookMs = performance.now() - since
  assert.ok(tookMs < 6000, `it took ${tookMs} ms`)
  const { status, attempts, attempt } = await lane.task('Q-1')
  assert.deepEqual([status, attempts, attempt], ['succeeded', 1, 2])
  runner.child.kill('SIGTERM')
  await runner.ended
})
