import assert from 'node:assert/strict'
import { test } from 'node:test'
import { writeFiles } from '../support/folder.ts'
import { refused } from '../support/refused.ts'
import type { Harness } from './harness.ts'

export function enqueueing({ open }: Harness): void {
  test('a new task is queued, with its payload as given and nothing said of a run', async t => {
    const { api, lane, clock } = await open(t)
    const queue = await lane('auth', { instructions: 'Mind the tests.' })
    const payload = { command: 'echo \'naïve ☃\' "$HOME"\n', env: { A: '1', Z: '' } }
    const { task, created, warnings } = await api.createTask({
      queue_id: 'auth',
      tool_name: 'run-bash',
      payload,
    })
    assert.deepEqual({ created, warnings }, { created: true, warnings: [] })
    assert.deepEqual(task, {
      ...task,
      friendly_id: 'AUTH-1',
      queue: { id: queue.id, name: 'auth', instructions: 'Mind the tests.' },
      tool_name: 'run-bash',
      task_class: 'MEDIUM_SCRIPT',
      payload,
      status: 'queued',
      timeout: 600,
      attempts: 0,
      max_attempts: 1,
      attempt: null,
      created_at: clock.stamp(),
      claimed_at: null,
      finished_at: null,
      review: null,
      needs_review: false,
    })
    assert.deepEqual((await api.getTask({ id: task.id })).task, task)
  })

  test('friendly ids count up per queue, and a deleted one does not come back', async t => {
    const { api, lane, add } = await open(t)
    const auth = await lane('auth')
    const web = await lane('web')
    assert.equal((await add(auth)).friendly_id, 'AUTH-1')
    assert.equal((await add(web)).friendly_id, 'WEB-1')
    await api.deleteTask({ id: (await add(auth)).id })
    assert.equal((await add(auth)).friendly_id, 'AUTH-3')
  })

  test('a task without a tool takes the default tool of its lane', async t => {
    const { api, lane } = await open(t)
    await lane('auth', { settings: { default_tool: 'llm-haiku' } })
    const { task } = await api.createTask({ queue_id: 'auth', payload: { prompt: 'Fix it.' } })
    assert.equal(task.tool_name, 'llm-haiku')
    await lane('bare')
    const error = await refused(
      api.createTask({ queue_id: 'bare', payload: {} }),
      'invalid',
      /no default tool/,
    )
    assert.match(error.hint ?? '', /default_tool=/)
  })

  test('planned and idle lanes take tasks; ended and archived ones do not', async t => {
    const { api, lane, add } = await open(t)
    const planned = await lane('planned', { status: 'planned' })
    assert.equal((await add(planned)).status, 'queued')
    const idle = await lane('idle')
    await api.pauseQueue({ id: 'idle' })
    assert.equal((await add(idle)).status, 'queued')
    const ended = await lane('ended')
    await api.endQueue({ id: 'ended' })
    await refused(add(ended), 'conflict', /"ended" is ended/)
    const archived = await lane('archived')
    await api.archiveQueue({ id: 'archived' })
    await refused(add(archived), 'conflict', /"archived" is archived/)
  })

  test('an unknown queue, tool or class is refused with the nearest name', async t => {
    const { lane, add } = await open(t)
    const queue = await lane('backend')
    await refused(add(queue, { queue_id: 'bakend' }), 'not_found', /Did you mean "backend"\?/)
    const tool = await refused(
      add(queue, { tool_name: 'run-bsh' }),
      'invalid',
      /no tool "run-bsh".*"run-bash"/,
    )
    assert.deepEqual(
      tool.errors.map(it => it.pointer),
      ['/tool_name'],
    )
    await refused(
      add(queue, { task_class: 'FAST_SCRIP' }),
      'invalid',
      /no task class "FAST_SCRIP".*FAST_SCRIPT/,
    )
  })

  const misfits: [string, string, Record<string, unknown>, string][] = [
    ['nothing to run', 'run-bash', {}, '/payload/script_path'],
    ['a command and a script', 'run-bash', { command: 'a', script_path: 'b' }, '/payload/script_path'],
    ['an unknown field', 'run-bash', { command: 'a', comand: 'b' }, '/payload/comand'],
    ['arguments that are no list', 'run-bash', { script_path: 'a.sh', args: 'x' }, '/payload/args'],
    ['arguments beside a command', 'run-bash', { command: 'a', args: ['x'] }, '/payload/args'],
    ['an environment of numbers', 'run-bash', { command: 'a', env: { A: 1 } }, '/payload/env/A'],
    ['a nameless variable', 'run-bash', { command: 'a', env: { '': 'x' } }, '/payload/env'],
    [
      'a variable that no environment can hold',
      'run-bash',
      { command: 'a', env: { 'A=B': 'x' } },
      '/payload/env',
    ],
    ['an empty command', 'run-bash', { command: '' }, '/payload/command'],
    ['code for bash', 'run-bash', { code: 'print(1)' }, '/payload/script_path'],
    ['a command for Python', 'run-python', { command: 'x' }, '/payload/script_path'],
    ['a folder that is not there', 'run-bash', { command: 'a', cwd: 'nowhere' }, '/payload/cwd'],
    ['no prompt', 'llm-haiku', { text: 'hello' }, '/payload/prompt'],
    ['a blank prompt', 'llm-haiku', { prompt: '' }, '/payload/prompt'],
  ]
  for (const [what, tool_name, payload, pointer] of misfits) {
    test(`a payload with ${what} is refused`, async t => {
      const { api, lane, add } = await open(t)
      const queue = await lane()
      const error = await refused(add(queue, { tool_name, payload }), 'invalid')
      assert.ok(
        error.errors.some(it => it.pointer.startsWith(pointer)),
        JSON.stringify(error.errors),
      )
      assert.deepEqual((await api.listTasks()).tasks, [])
    })
  }

  const noScripts: [string, string][] = [
    ['a script that does not exist', 'scripts/deplo.sh'],
    ['a folder', 'scripts'],
    ['a path through a file', 'scripts/deploy.sh/x'],
    ['a path longer than any can be', `scripts/${'x'.repeat(5000)}.sh`],
    ['a path with a NUL', 'scripts/deploy.sh\0'],
  ]
  for (const [what, script_path] of noScripts) {
    test(`${what} is refused as a script`, async t => {
      const { lane, add, projectRoot } = await open(t)
      writeFiles(projectRoot, { 'scripts/deploy.sh': '#!/bin/sh\n' })
      const queue = await lane()
      const error = await refused(add(queue, { payload: { script_path } }), 'invalid')
      assert.equal(error.errors[0]?.pointer, '/payload/script_path')
      if (script_path === 'scripts/deplo.sh')
        assert.match(error.message, /Did you mean "scripts\/deploy.sh"\?/)
    })
  }

  for (const timeout of [0, -1, 1.5, 31_536_001, '30' as never]) {
    test(`${JSON.stringify(timeout)} is no timeout`, async t => {
      const { lane, add } = await open(t)
      await refused(add(await lane(), { timeout }), 'invalid', /timeout must be a whole number/)
    })
  }

  for (const not_before of ['tomorrow', '2026-13-01T00:00:00Z', '2026-03-01T12:00:00', 5 as never]) {
    test(`${JSON.stringify(not_before)} is no time to wait for`, async t => {
      const { lane, add } = await open(t)
      await refused(add(await lane(), { not_before }), 'invalid')
    })
  }

  test('a time with any offset is kept in UTC', async t => {
    const { lane, add } = await open(t)
    const task = await add(await lane(), { not_before: '2026-03-02 01:30+02:00' })
    assert.equal(task.not_before, '2026-03-01T23:30:00.000Z')
  })

  test('the same key again answers the first task and makes no second one', async t => {
    const { api, lane } = await open(t)
    await lane()
    const input = { queue_id: 'auth', tool_name: 'run-bash', idempotency_key: 'nightly' }
    const first = await api.createTask({ ...input, payload: { command: 'true', env: { A: '1', B: '2' } } })
    const again = await api.createTask({ ...input, payload: { env: { B: '2', A: '1' }, command: 'true' } })
    assert.deepEqual([again.created, again.task.id], [false, first.task.id])
    assert.equal((await api.listTasks()).tasks.length, 1)
  })

  test('the same key with another payload or tool is a conflict', async t => {
    const { lane, add } = await open(t)
    const queue = await lane()
    await add(queue, { idempotency_key: 'nightly' })
    await refused(
      add(queue, { idempotency_key: 'nightly', payload: { command: 'false' } }),
      'conflict',
      /AUTH-1/,
    )
    const python = { tool_name: 'run-python', payload: { code: '1' } }
    await refused(add(queue, { idempotency_key: 'nightly', ...python }), 'conflict', /AUTH-1/)
  })

  test('a key is the lane’s own', async t => {
    const { lane, add } = await open(t)
    const [auth, web] = [await lane('auth'), await lane('web')]
    const first = await add(auth, { idempotency_key: 'nightly' })
    assert.notEqual((await add(web, { idempotency_key: 'nightly' })).id, first.id)
  })

  test('a key answers even when its lane takes no new tasks', async t => {
    const { api, lane, add } = await open(t)
    const queue = await lane()
    const first = await add(queue, { idempotency_key: 'nightly' })
    await api.endQueue({ id: queue.id })
    const again = await add(queue, { idempotency_key: 'nightly' })
    assert.deepEqual([again.id, again.status], [first.id, 'failed'])
  })
}
