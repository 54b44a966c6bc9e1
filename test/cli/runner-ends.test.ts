import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import { waitFor } from '../support/wait.ts'
import { type Site, site } from './run-cli.ts'

const door = path.join(import.meta.dirname, '../fixtures/cli/main.ts')

const locks = ({ env }: Site) => fs.readdirSync(env.SPARKQ_RUNNER_LOCK_DIR as string)
const add = ({ core }: Site) =>
  core.createTask({ queue_id: 'default', tool_name: 'run-bash', payload: { command: 'true' } })

describe('a runner', { concurrency: 2 }, () => {
  test('whose output nobody reads any more gives its lane back', async t => {
    const at = await site(t)
    const { child, ended } = at.start(['runner', '-q', 'default', '--watch'])
    child.stdout?.destroy()
    assert.equal((await ended).code, 130)
    assert.deepEqual((await at.core.listRunners()).runners, [])
    assert.deepEqual(locks(at), [])
  })

  test('without a terminal outlives SIGHUP, and ends with SIGTERM', async t => {
    const at = await site(t)
    const command = `trap "" HUP; exec "${process.execPath}" "${door}" runner -q default --watch`
    const child = spawn('bash', ['-c', command], { cwd: at.folder, env: at.env, stdio: 'ignore' })
    const ended = once(child, 'exit')
    t.after(() => child.kill('SIGKILL'))
    await waitFor('it has the lane', async () => (await at.core.listRunners()).runners.length === 1)
    child.kill('SIGHUP')
    const { task } = await add(at)
    await waitFor('the task is done', async () => (await at.core.getTask({ id: task.id })).task.finished_at)
    child.kill('SIGTERM')
    assert.deepEqual(await ended, [130, null])
    assert.deepEqual(locks(at), [])
  })

  test('is stopped by the name of its lane, after its task', async t => {
    const at = await site(t)
    const none = await at.sparkq(['stop', '--queue', 'default'])
    assert.deepEqual([none.stdout, none.code], ['No runner works "default".\n', 0])
    await at.core.createTask({
      queue_id: 'default',
      tool_name: 'run-bash',
      payload: { command: 'until [ -e go ]; do sleep 0.01; done; exit 7' },
    })
    const runner = at.start(['runner', '-q', 'default', '--watch'])
    await waitFor('the task runs', async () => (await at.core.getTask({ id: 'DEFAULT-1' })).task.started_at)
    const { stdout, stderr, code } = await at.sparkq(['stop', '--queue', 'default'])
    assert.equal(code, 0, stderr)
    assert.match(stdout, /^The runner of "default" goes when DEFAULT-1 has ended \(.*\)\.\n$/)
    assert.match(stderr, /^ {2}sparkq stop -q default --now /)
    assert.equal((await at.core.getTask({ id: 'DEFAULT-1' })).task.status, 'running')
    fs.writeFileSync(path.join(at.folder, 'go'), '')
    assert.equal((await runner.ended).code, 0)
    assert.equal((await at.core.getTask({ id: 'DEFAULT-1' })).task.exit_code, 7)
    assert.equal((await at.sparkq(['stop', '--queue', 'nope'])).code, 3)
  })
})
