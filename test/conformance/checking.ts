import assert from 'node:assert/strict'
import { test } from 'node:test'
import { writeFiles } from '../support/folder.ts'
import { withoutAgents } from '../support/warnings.ts'
import type { Harness } from './harness.ts'
import { allEvents } from './history.ts'

export function checking({ open }: Harness): void {
  test('a check says of each task what it would become, or why not, and changes nothing', async t => {
    const { api, lane, add, projectRoot } = await open(t)
    writeFiles(projectRoot, { 'x.sh': '#!/bin/sh\n# timeout: 7\n# task_class: NOPE\n' })
    const queue = await lane('auth', { settings: { default_tool: 'llm-haiku' } })
    await add(queue, { idempotency_key: 'k', timeout: 9 })
    const before = await allEvents(api)
    const bash = { queue_id: 'auth', tool_name: 'run-bash' }
    const { tasks } = await api.checkTasks({
      tasks: [
        { ...bash, payload: { script_path: 'x.sh' } },
        { queue_id: 'Auth', payload: { prompt: 'x' }, timeout: 5 },
        { ...bash, payload: { command: 'true' }, idempotency_key: 'k' },
        { ...bash, payload: { command: 'false' }, idempotency_key: 'k' },
        { ...bash, payload: { script_path: 'x.shh' } },
        { queue_id: 'atuh', payload: {} },
      ],
    })
    const place = { id: queue.id, name: 'auth' }
    const fine = { queue: place, known: null, warnings: [], problem: null }
    const [script, prompt, known, other, missing, lost] = tasks
    assert.deepEqual(
      { ...script, warnings: [] },
      { ...fine, tool_name: 'run-bash', task_class: 'MEDIUM_SCRIPT', timeout: 7 },
    )
    assert.match(script?.warnings[0] ?? '', /^x\.sh:3: /)
    const agent = { ...prompt, warnings: withoutAgents(prompt?.warnings) }
    assert.deepEqual(agent, { ...fine, tool_name: 'llm-haiku', task_class: 'LLM_LITE', timeout: 5 })
    assert.deepEqual([known?.known, known?.timeout, known?.problem], ['AUTH-1', 9, null])
    assert.match(other?.problem?.message ?? '', /The key "k" belongs to AUTH-1/)
    assert.match(missing?.problem?.message ?? '', /no script "x\.shh"\. Did you mean "x\.sh"\?/)
    assert.equal(missing?.problem?.pointer, '/payload/script_path')
    assert.deepEqual(
      [lost?.queue, lost?.problem?.message, lost?.problem?.hint],
      [null, 'There is no queue "atuh". Did you mean "auth"?', 'sparkq queue list'],
    )
    assert.deepEqual(await allEvents(api), before)
    assert.equal((await api.listTasks()).tasks.length, 1)
  })

  test('tasks whose keys are known are not queued again, and are not counted', async t => {
    const { api, lane } = await open(t)
    await lane()
    const task = (key: string) => ({
      queue_id: 'auth',
      tool_name: 'run-bash',
      payload: { command: key },
      idempotency_key: key,
    })
    assert.equal((await api.createTasks({ tasks: [task('a'), task('b')] })).created, 2)
    const again = await api.createTasks({ tasks: [task('b'), task('c')] })
    assert.equal(again.created, 1)
    assert.deepEqual(
      again.tasks.map(it => it.friendly_id),
      ['AUTH-2', 'AUTH-3'],
    )
  })
}
