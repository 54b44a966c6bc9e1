import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { self } from '../../src/processes/identity.ts'
import { serve } from '../http/serve.ts'
import { type Site, site } from './run-cli.ts'

const add = ({ core }: Site, more: { not_before?: string } = {}) =>
  core.createTask({ queue_id: 'default', tool_name: 'run-bash', payload: { command: 'true' }, ...more })

describe('why', { concurrency: 4 }, () => {
  test('is one sentence, and what to type', async t => {
    const at = await site(t)
    await add(at)
    const { stdout, stderr, code } = await at.sparkq(['why', 'default-1'])
    assert.equal(stdout, 'DEFAULT-1 is next in line, but no runner works "default".\n')
    assert.deepEqual([stderr, code], ['  sparkq runner -q default\n', 0])
  })

  test('is for programs too, and the same through a server', async t => {
    const at = await site(t)
    await add(at, { not_before: '2130-01-01T02:00:00Z' })
    await at.core.startRunner({ queue_id: 'default', mode: 'watch', process: self() })
    const here = await at.sparkq(['why', 'DEFAULT-1', '--json'])
    const { why } = JSON.parse(here.stdout)
    assert.deepEqual([why.code, why.until], ['not_before', '2130-01-01T02:00:00.000Z'])
    assert.match(why.sentence, /^DEFAULT-1 is not due before 1 Jan 2130 \d\d:00\.$/)
    const { url } = await serve(t, at.core)
    const there = await at.sparkq(['why', 'DEFAULT-1', '--json', '--url', url])
    assert.equal(there.stdout, here.stdout)
  })

  test('shows what others wrote without letting it take over the terminal', async t => {
    const at = await site(t)
    await add(at)
    await at.core.pauseQueue({ id: 'default', reason: 'Red \x1b[31malert\nnow' })
    const { stdout } = await at.sparkq(['why', 'DEFAULT-1'])
    assert.match(
      stdout,
      /^DEFAULT-1 waits: "default" was paused by test at \S+ \(Red \\x1b\[31malert now\)\.\n$/,
    )
  })

  test('stands in what `task` shows of a queued task', async t => {
    const at = await site(t)
    await add(at)
    const { stdout } = await at.sparkq(['task', 'DEFAULT-1'])
    assert.match(stdout, /^ {2}why {7}DEFAULT-1 is next in line, but no runner works "default"\.$/m)
    await at.core.claimTask({ id: 'default' })
    assert.doesNotMatch((await at.sparkq(['task', 'DEFAULT-1'])).stdout, /^ {2}why/m)
  })

  test('of a task that is not there is an error', async t => {
    const at = await site(t)
    const { stdout, stderr, code } = await at.sparkq(['why', 'DEFAULT-9'])
    assert.deepEqual([stdout, stderr, code], ['', 'There is no task "DEFAULT-9".\n  sparkq tasks\n', 3])
  })

  test('nothing can be claimed is said where no more tasks may run', async t => {
    const at = await site(t, { 'sparkq.yml': 'limits: {max_running: 1}\n' })
    await add(at)
    await add(at)
    await at.core.claimTask({ id: 'default' })
    for (const verb of ['claim', 'peek']) {
      const { stdout, stderr, code } = await at.sparkq([verb, '-q', 'default'])
      assert.deepEqual([stdout, code], ['', 0])
      assert.equal(
        stderr,
        'Nothing to take yet: as many tasks run as limits.max_running allows.\n  sparkq tasks --status running     what runs\n',
      )
    }
  })
})
