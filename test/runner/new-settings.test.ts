import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openLane } from './support.ts'

test('a runner in its work goes by what is set meanwhile', async t => {
  const lane = await openLane(t, 'limits: {stop_grace: 600, warn_factor: 0.5}\n')
  const runner = lane.spawnRunner('watch')
  // It ignores TERM: with the grace that the runner began with, nobody would see its end.
  await lane.bash('trap "" TERM; echo ready; while :; do sleep 0.1; done')
  await runner.saw('output', 'Q-1')
  await lane.api.setConfig({ namespace: 'limits', key: 'stop_grace', value: 0.2 })
  await lane.api.cancelTask({ id: 'Q-1' })
  await runner.saw('task_ended', 'Q-1')
  assert.equal((await lane.task('Q-1')).error_type, 'cancelled')
  const { attempts } = await lane.api.listAttempts({ id: 'Q-1' })
  assert.ok(JSON.stringify(attempts[0]?.stop).includes('KILL'), JSON.stringify(attempts[0]?.stop))
  runner.child.kill('SIGTERM')
  await runner.ended
})
