import assert from 'node:assert/strict'
import fs from 'node:fs'
import { describe, test } from 'node:test'
import { begin } from './arrange.ts'
import { type Site, site } from './run-cli.ts'

const add = async ({ core }: Site, command = 'true', more: { not_before?: string } = {}) =>
  (await core.createTask({ queue_id: 'default', tool_name: 'run-bash', payload: { command }, ...more })).task

async function fail(at: Site, command: string) {
  const task = await add(at, command)
  await at.core.claimTask({ id: 'default', worker_id: 'worker-x' })
  await at.core.failTask({
    id: task.id,
    error_message: 'No way.',
    error_detail: 'Traceback:\nKeyError: users',
  })
  return task
}

const lines = (text: string) => text.trimEnd().split('\n')

describe('tasks', { concurrency: 4 }, () => {
  test('are listed with what they do and where they stand, the newest first', async t => {
    const at = await site(t)
    await fail(at, 'seed --all')
    await add(at, 'make test')
    await at.core.claimTask({ id: 'default' })
    await add(at, 'line one\nline two', { not_before: '2130-01-01T00:00:00Z' })
    const { stdout, stderr, code } = await at.sparkq(['tasks'])
    assert.deepEqual([stderr, code], ['', 0])
    const [head, waiting, running, failed] = lines(stdout)
    assert.match(head ?? '', /^ +task +tool +what +status +time +when$/)
    assert.match(
      waiting ?? '',
      /^ {2}⏸ {2}DEFAULT-3 {2}run-bash {2}line one line two {2}waits · until 1 Jan /,
    )
    assert.match(
      running ?? '',
      /^ {2}● {2}DEFAULT-2 {2}run-bash {2}make test .* running .* of 10 min {2}now$/,
    )
    assert.match(failed ?? '', /^ {2}✗ {2}DEFAULT-1 {2}run-bash {2}seed --all .* failed · reported /)
  })

  test('are filtered, and listed whole as JSON', async t => {
    const at = await site(t)
    await fail(at, 'seed')
    for (let i = 0; i < 501; i++) await add(at, `number ${i}`)
    const list = async (...args: string[]) =>
      JSON.parse((await at.sparkq(['tasks', ...args, '--json'])).stdout)
    const all = await list()
    assert.deepEqual([all.tasks.length, all.next_cursor], [502, null])
    assert.deepEqual(all.tasks[0], { ...(await at.core.listTasks({ limit: 1 })).tasks[0] })
    assert.equal((await list('--status', 'failed')).tasks.length, 1)
    assert.equal((await list('--search', 'number 500')).tasks.length, 1)
    assert.equal((await list('--tool', 'llm-haiku')).tasks.length, 0)
    assert.equal(
      (await list('--queue', 'default', '--session', 'default', '--review', 'unreviewed')).tasks.length,
      1,
    )
    const some = await list('--limit', '3')
    assert.equal(some.tasks.length, 3)
    assert.deepEqual((await at.core.listTasks({ cursor: some.next_cursor, limit: 1 })).tasks[0], all.tasks[3])

    const plain = await at.sparkq(['tasks', '--limit', '3'])
    assert.equal(lines(plain.stdout).length, 4)
    assert.equal(plain.stderr, '  3 shown, 499 more · --limit 0 shows all\n')
    assert.equal(lines((await at.sparkq(['tasks'])).stdout).length, 503)
  })

  test('that are not there are no error', async t => {
    const at = await site(t)
    const none = await at.sparkq(['tasks'])
    assert.deepEqual([none.stdout, none.code], ['', 0])
    assert.match(none.stderr, /^There is no task yet\.\n {2}sparkq enqueue /)
    assert.match(
      (await at.sparkq(['tasks', '--status', 'failed'])).stderr,
      /^No task is like that\.\n {2}sparkq tasks /,
    )
    assert.equal((await at.sparkq(['tasks', '--json'])).stdout, '{"tasks":[],"next_cursor":null}\n')
  })

  test('are shown with everything about them', async t => {
    const at = await site(t)
    await at.core.updateQueue({ id: 'default', instructions: 'Use JWT.' })
    const first = await fail(at, 'seed')
    await at.core.requeueTask({ id: first.id })
    const failed = await at.sparkq(['task', 'default-1'])
    assert.equal(failed.code, 0)
    assert.match(failed.stdout, /^DEFAULT-1 {2}run-bash seed +failed · reported\n/)
    for (const part of [
      /^ {2}lane {6}default \(session default\) +worker {2}worker-x$/m,
      /^ {2}created {3}\d\d:\d\d:\d\d → started \d\d:\d\d:\d\d → finished \d\d:\d\d:\d\d +\d\.\d s of 10 min$/m,
      /^ {2}says {6}No way\.$/m,
      /^ {2}next {6}sparkq requeue DEFAULT-1 \| sparkq logs DEFAULT-1$/m,
      /^ {2}what it said\n {4}Traceback:\n {4}KeyError: users$/m,
      /^ {2}payload\n {4}\{\n {6}"command": "seed"\n {4}\}$/m,
      /^ {2}instructions of default\n {4}Use JWT\.$/m,
      /^ {2}attempts\n.*\n +1 {2}failed .*worker-x {2}No way\.$/m,
    ])
      assert.match(failed.stdout, part)
    assert.match((await at.sparkq(['task', 'DEFAULT-2'])).stdout, /^ {2}copy of {3}DEFAULT-1$/m)
    const json = JSON.parse((await at.sparkq(['task', first.id.slice(0, 12), '--json'])).stdout)
    assert.deepEqual(json, await at.core.getTask({ id: first.id }))
  })

  test('that run say when they stop', async t => {
    const at = await site(t)
    await add(at)
    await at.core.claimTask({ id: 'default' })
    const { stdout } = await at.sparkq(['task', 'DEFAULT-1'])
    assert.match(stdout, /^ {2}stops {5}in 20 min, at \d\d:\d\d:\d\d$/m)
  })

  test('are edited, moved to the front and deleted while they are queued', async t => {
    const at = await site(t)
    for (const command of ['one', 'two', 'three']) await add(at, command)
    const edited = await at.sparkq([
      'edit',
      'DEFAULT-1',
      '--payload',
      '{"command": "uno"}',
      '--timeout',
      '90',
      '--in',
      '2h',
    ])
    assert.match(edited.stdout, /^Changed DEFAULT-1 · run-bash uno · timeout 90 s · not before \d\d:\d\d\n$/)
    const now = JSON.parse((await at.sparkq(['edit', 'DEFAULT-1', '--now', '--json'])).stdout)
    assert.equal(now.task.not_before, null)
    assert.equal((await at.sparkq(['first', 'DEFAULT-3'])).stdout, 'DEFAULT-3 is first in "default" now.\n')
    assert.equal((await at.core.peekQueue({ id: 'default' })).task?.friendly_id, 'DEFAULT-3')
    const gone = await at.sparkq(['rm', 'DEFAULT-1', 'DEFAULT-2'])
    assert.equal(gone.stdout, 'Deleted DEFAULT-1 · run-bash uno\nDeleted DEFAULT-2 · run-bash two\n')
    assert.equal((await at.core.listTasks()).tasks.length, 1)
  })

  test('say how an attempt failed that was tried again', async t => {
    const at = await site(t)
    await (await begin(at, { max_attempts: 2 })).finish(3)
    assert.match((await at.sparkq(['task', 'DEFAULT-1'])).stdout, /\n +1 {2}exit 3, tried again /)
  })

  test('are edited in the editor of the person', async t => {
    const at = await site(t, {
      'editor.sh': '#!/bin/sh\nsed -i.bak "s/$1/$2/" "$3"\n',
      'break.sh': '#!/bin/sh\necho "{" > "$1"\n',
    })
    await add(at, 'one')
    const edit = (editor: string, ...args: string[]) => at.sparkq(args, { env: { EDITOR: editor } })
    const edited = await edit(`${at.folder}/editor.sh one uno`, 'edit', 'DEFAULT-1')
    assert.match(edited.stdout, /^Changed DEFAULT-1 · run-bash uno · /, edited.stderr)
    const same = await edit('true', 'edit', 'DEFAULT-1')
    assert.deepEqual([same.stdout, same.code], ['', 2])
    assert.match(same.stderr, /^Nothing was changed in DEFAULT-1\.\n/)
    const broken = await edit(`${at.folder}/break.sh`, 'edit', 'DEFAULT-1')
    assert.deepEqual([broken.stdout, broken.code], ['', 2])
    const [, kept = ''] = /^(\/\S+\/payload\.json) is not JSON: /.exec(broken.stderr) ?? []
    assert.match(fs.readFileSync(kept, 'utf8'), /^\{\n$/)
    assert.ok(broken.stderr.endsWith(`\n  correct it, and give it: --payload @${kept}\n`), broken.stderr)
    const failing = await edit('false', 'edit', 'DEFAULT-1')
    assert.match(failing.stderr, /^The editor ended with 1: nothing was changed\.\n/)
    assert.match(
      (await at.sparkq(['edit', 'DEFAULT-1'])).stderr,
      /^No editor is set\.\n {2}export EDITOR=vi\n/,
    )
    await at.core.cancelTask({ id: 'DEFAULT-1' })
    const copy = await edit(`${at.folder}/editor.sh uno eins`, 'requeue', 'DEFAULT-1', '--edit')
    assert.match(copy.stdout, /^Queued DEFAULT-2, a copy of DEFAULT-1 · run-bash eins · 1st in line, /)
  })

  test('that are finished are queued again as copies', async t => {
    const at = await site(t)
    await fail(at, 'one')
    await fail(at, 'two')
    const both = await at.sparkq(['requeue', 'DEFAULT-1', 'DEFAULT-9', 'DEFAULT-2'])
    assert.equal(both.code, 3)
    assert.deepEqual(
      lines(both.stdout).map(line => line.slice(0, 33)),
      ['Queued DEFAULT-3, a copy of DEFAU', 'Queued DEFAULT-4, a copy of DEFAU'],
    )
    assert.match(both.stderr, /^There is no task "DEFAULT-9"\.$/m)
    const changed = JSON.parse(
      (await at.sparkq(['requeue', 'DEFAULT-1', '--payload', '{"command": "x"}', '--timeout', '9', '--json']))
        .stdout,
    )
    assert.deepEqual([changed.task.payload, changed.task.timeout], [{ command: 'x' }, 9])
  })

  test('are cancelled, queued ones at once and claimed ones from under their worker', async t => {
    const at = await site(t)
    await add(at)
    await add(at)
    await at.core.claimTask({ id: 'default' })
    const { stdout, code } = await at.sparkq(['cancel', 'DEFAULT-1', 'DEFAULT-2'])
    assert.equal(stdout, 'Cancelled DEFAULT-1 · it was stopped\nCancelled DEFAULT-2 · it had not begun\n')
    assert.equal(code, 0)
    const json = await at.sparkq(['cancel', 'DEFAULT-1', '--json'])
    assert.deepEqual([json.stdout, json.code], ['', 4])
  })

  test('that are old and finished are purged', async t => {
    const at = await site(t)
    await fail(at, 'one')
    await add(at, 'two')
    assert.equal(
      (await at.sparkq(['purge'])).stdout,
      'Nothing to purge: no task finished more than 3 days ago.\n',
    )
    const { stdout } = await at.sparkq(['purge', '--older-than-days', '0'])
    assert.equal(stdout, 'Deleted 1 task that finished more than 0 days ago.\n')
    assert.equal((await at.sparkq(['purge', '--json'])).stdout, '{"purged":0}\n')
    assert.equal((await at.core.listTasks()).tasks.length, 1)
  })
})

test('tools and classes are listed', async t => {
  const at = await site(t)
  const [tools, classes, toolsJson, classesJson] = await Promise.all([
    at.sparkq(['tools']),
    at.sparkq(['classes']),
    at.sparkq(['tools', '--json']),
    at.sparkq(['classes', '--json']),
  ])
  assert.match(tools.stdout, /^ {2}run-bash +MEDIUM_SCRIPT +file +Bash script$/m)
  assert.match(classes.stdout, /^ {2}LLM_HEAVY +20 min +file$/m)
  assert.equal(toolsJson.stdout, `${JSON.stringify(await at.core.listTools())}\n`)
  assert.equal(classesJson.stdout, `${JSON.stringify(await at.core.listTaskClasses())}\n`)
})
