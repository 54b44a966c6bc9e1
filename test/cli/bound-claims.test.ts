import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import path from 'node:path'
import { describe, test } from 'node:test'
import { promisify } from 'node:util'
import { self } from '../../src/processes/identity.ts'
import { serverSite } from '../server/support.ts'
import { startIdle } from '../support/idle-process.ts'
import { waitFor } from '../support/wait.ts'
import { type Site, site } from './run-cli.ts'

const door = path.join(import.meta.dirname, '../fixtures/cli/main.ts')

const add = ({ core }: Site) =>
  core.createTask({ queue_id: 'default', tool_name: 'run-bash', payload: { command: 'true' } })
const taskOf = async ({ core }: Site) => (await core.getTask({ id: 'DEFAULT-1' })).task

describe('a claim that is bound', { concurrency: 3 }, () => {
  test('to its parent is bound to whoever has the shell run it', async t => {
    const at = await site(t)
    await add(at)
    const line = `"${process.execPath}" "${door}" claim -q default --bind parent; true`
    await promisify(execFile)('bash', ['-c', line], { cwd: at.folder, env: at.env })
    const { attempts } = await at.core.listAttempts({ id: 'DEFAULT-1' })
    assert.deepEqual(attempts[0]?.bound, self())
  })

  test('goes back with the first command after the end of its process', async t => {
    const at = await site(t)
    await add(at)
    const worker = startIdle(t)
    const { pid } = worker.process
    const claimed = await at.sparkq(['claim', '-q', 'default', '--bind', String(pid)])
    assert.equal(JSON.parse(claimed.stdout).friendly_id, 'DEFAULT-1')
    assert.match((await at.sparkq(['tasks'])).stdout, /running/)
    await worker.kill()
    assert.match((await at.sparkq(['tasks'])).stdout, /waits · worker lost/)
    const { attempts } = await at.core.listAttempts({ id: 'DEFAULT-1' })
    assert.match(attempts[0]?.error_message ?? '', /Its worker is gone: process \d+/)
    const late = await at.sparkq(['complete', 'default-1', 'Done.'])
    assert.deepEqual([late.code, /is queued/.test(late.stderr)], [4, true])
  })

  test('goes back within two seconds where a server runs', async t => {
    const at = await serverSite(t)
    await add(at)
    assert.equal((await at.sparkq(['start'])).code, 0)
    const worker = startIdle(t)
    await at.core.claimTask({ id: 'default', process: worker.process })
    await worker.kill()
    const since = performance.now()
    await waitFor('the server has noticed', async () => (await taskOf(at)).wait_reason === 'worker_lost')
    const tookMs = performance.now() - since
    assert.ok(tookMs < 4000, `it took ${tookMs} ms`)
    assert.equal((await at.sparkq(['stop'])).code, 0)
  })

  test('to a process that is none is refused', async t => {
    const at = await site(t)
    await add(at)
    for (const [typed, words] of [
      ['999999999', /There is no process 999999999/],
      ['0', /takes a process id, or parent; not "0"/],
      ['me', /not "me"/],
    ] as const) {
      const { code, stderr } = await at.sparkq(['claim', '-q', 'default', '--bind', typed])
      assert.equal(code, 2)
      assert.match(stderr, words)
    }
    assert.equal((await taskOf(at)).status, 'queued')
  })
})
