import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Input } from '../../src/contract/api.ts'
import { writeFiles } from '../support/folder.ts'
import { refused } from '../support/refused.ts'
import { withoutAgents } from '../support/warnings.ts'
import type { Harness } from './harness.ts'

export function quickAdding({ open }: Harness): void {
  test('a prompt goes to the lane’s agent, else to Sonnet, and takes its class', async t => {
    const { api, lane } = await open(t)
    await lane('plain')
    await lane('own', { settings: { default_tool: 'llm-haiku' } })
    await lane('scripts', { settings: { default_tool: 'run-bash' } })
    const add = async (queue_id: string, more = {}) => {
      const answer = await api.quickAddTask({ queue_id, mode: 'llm', prompt: 'Fix it.', ...more })
      assert.deepEqual([answer.created, withoutAgents(answer.warnings)], [true, []])
      assert.deepEqual(answer.task.payload, { prompt: 'Fix it.' })
      return [answer.task.tool_name, answer.task.task_class]
    }
    assert.deepEqual(await add('plain'), ['llm-sonnet', 'LLM_HEAVY'])
    assert.deepEqual(await add('own'), ['llm-haiku', 'LLM_LITE'])
    assert.deepEqual(await add('scripts'), ['llm-sonnet', 'LLM_HEAVY'])
    assert.deepEqual(await add('own', { tool_name: 'llm-codex' }), ['llm-codex', 'LLM_HEAVY'])
  })

  test('a prompt goes to the best agent there is', async t => {
    const tools = (names: string[]) =>
      `tools: {${names.map(it => `${it}: {task_class: LLM_LITE}`).join(', ')}}\n`
    const chosen = async (names: string[]) => {
      const { api, lane } = await open(t, { config: tools(names) })
      await lane()
      return (await api.quickAddTask({ queue_id: 'auth', mode: 'llm', prompt: 'x' })).task.tool_name
    }
    assert.equal(await chosen(['llm-codex', 'llm-haiku', 'run-bash']), 'llm-haiku')
    assert.equal(await chosen(['llm-mine', 'run-bash']), 'llm-mine')
    await refused(chosen(['run-bash']), 'invalid', /Which tool\?/)
  })

  test('a script goes to Python or Bash by its name, and its header counts', async t => {
    const { api, lane, projectRoot } = await open(t)
    writeFiles(projectRoot, {
      'x.sh': '#!/bin/sh\n# timeout: 7\n# task_class: FAST_SCRIPT\n',
      'x.py': '# timeout: soon\n',
    })
    await lane('auth', { settings: { default_tool: 'llm-haiku' } })
    const add = (script_path: string, more = {}) =>
      api.quickAddTask({ queue_id: 'auth', mode: 'script', script_path, ...more })
    const { task: bash } = await add('x.sh', { script_args: ['a', '-b'] })
    assert.deepEqual([bash.tool_name, bash.timeout, bash.task_class], ['run-bash', 7, 'FAST_SCRIPT'])
    assert.deepEqual(bash.payload, { script_path: 'x.sh', args: ['a', '-b'] })
    const { task: python, warnings } = await add('x.py')
    assert.deepEqual([python.tool_name, python.payload], ['run-python', { script_path: 'x.py' }])
    assert.match(warnings[0] ?? '', /^x\.py:1: timeout "soon"/)
    assert.equal((await add('x.py', { tool_name: 'run-bash' })).task.tool_name, 'run-bash')
  })

  const mistakes: [Omit<Input<'quickAddTask'>, 'queue_id'>, RegExp][] = [
    [{ mode: 'llm' }, /^prompt is missing for mode llm\.$/],
    [{ mode: 'script' }, /^script_path is missing for mode script\.$/],
    [{ mode: 'llm', prompt: 'x', script_args: [] }, /^script_args does not belong to mode llm\.$/],
    [{ mode: 'llm', prompt: 'x', script_path: 'x' }, /^script_path does not belong to mode llm\.$/],
    [{ mode: 'script', script_path: 'x.sh', prompt: 'x' }, /^prompt does not belong to mode script\.$/],
    [{ mode: 'script', script_path: 'none.sh' }, /There is no script "none\.sh"/],
    [{ mode: 'llm', prompt: 'x', tool_name: 'run-bash' }, /This is no payload for run-bash/],
    [{ mode: 'llm', prompt: 'x', tool_name: 'llm-sonet' }, /no tool "llm-sonet".*"llm-sonnet"/],
    [{ mode: 'bash' as never }, /mode must be one of llm, script/],
  ]
  for (const [input, words] of mistakes) {
    test(`${JSON.stringify(input)} is refused`, async t => {
      const { api, lane } = await open(t)
      await lane()
      await refused(api.quickAddTask({ queue_id: 'auth', ...input }), 'invalid', words)
      assert.deepEqual((await api.listTasks()).tasks, [])
    })
  }
}
