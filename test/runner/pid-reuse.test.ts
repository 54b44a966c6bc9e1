import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { lacks } from '../http/guard/strangers.ts'
import { openLane } from './support.ts'

const inNamespace = ['--pid', '--fork', '--mount-proc', '--kill-child']
const fixture = path.join(import.meta.dirname, '../fixtures/runner/reuse-pids.ts')

/** Where numbers can be given out again at will: a pid namespace with a writable `ns_last_pid`. */
function canReuse(t: TestContext): boolean {
  const { status } = spawnSync('unshare', [...inNamespace, 'test', '-w', '/proc/sys/kernel/ns_last_pid'])
  if (status !== 0) lacks(t, 'no pid namespace can be made: it takes Linux, unshare and root')
  return status === 0
}

for (const [how, error_type] of [
  ['adopt', 'worker_lost'],
  ['cancel', 'cancelled'],
] as const) {
  test(`strangers with the numbers of runner, recorder and task are neither taken for them nor touched (${how})`, async t => {
    if (!canReuse(t)) return
    const lane = await openLane(t)
    await lane.bash('echo one; sleep 600')
    // The namespace's first process has to reap orphans, or their numbers are never free: a shell with more to do does.
    const init = '"$@"; exit $?'
    const command = ['bash', '-c', init, 'init', process.execPath, fixture, lane.project.configFile, how]
    const { stdout, stderr, status } = spawnSync('unshare', [...inNamespace, ...command], {
      encoding: 'utf8',
      timeout: 120_000,
      killSignal: 'SIGKILL',
    })
    assert.equal(status, 0, stderr)
    const { reused, pids, lost, left, alive, stop, ...ended } = JSON.parse(stdout)
    assert.deepEqual(reused, pids)
    assert.deepEqual(lost, [true], 'the lease is a dead runner’s')
    assert.deepEqual(ended, { error_type })
    assert.deepEqual(alive, [true, true, true])
    assert.deepEqual(stop, how === 'cancel' ? { signals: [], stopped: 0, survivors: [] } : null)
    assert.equal(left, how === 'cancel' ? 1 : 0)
  })
}
