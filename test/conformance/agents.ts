import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refused } from '../support/refused.ts'
import { agentLanes } from './agent-lanes.ts'
import type { Harness } from './harness.ts'

export function agents({ open }: Harness): void {
  test('the tools of the FRD are agents, also where the file names them without one', async t => {
    const { api } = await open(t, {
      config: `tools:
  llm-haiku: {task_class: LLM_LITE}
  llm-sonnet: {task_class: LLM_LITE, model: opus, permission_mode: plan, max_turns: 5, use_api_key: true}
  llm-codex: {task_class: LLM_LITE, command: [my-codex]}
`,
    })
    const { tools } = await api.listTools()
    assert.deepEqual(
      tools.map(it => [
        it.name,
        it.agent,
        it.model,
        it.permission_mode,
        it.max_turns,
        it.use_api_key,
        it.kind,
      ]),
      [
        ['llm-codex', null, null, null, null, false, 'prompt'],
        ['llm-haiku', 'claude', 'haiku', null, null, false, 'prompt'],
        ['llm-sonnet', 'claude', 'opus', 'plan', 5, true, 'prompt'],
      ],
    )
  })

  test('a tool is given an agent, its settings, another agent, a command, and none', async t => {
    const { api } = await open(t)
    const input = { name: 'mine', task_class: 'LLM_LITE', agent: 'claude', model: 'opus' } as const
    const settings = {
      ...{
        args: ['--verbose'],
        permission_mode: 'plan',
        max_turns: 3,
        max_budget_usd: 0.5,
        use_api_key: true,
      },
    }
    const { tool } = await api.createTool({ ...input, ...settings })
    assert.deepEqual(tool, { ...tool, ...input, ...settings, command: null, kind: 'prompt' })
    assert.deepEqual(await api.getTool({ name: 'mine' }), { tool })
    const { tool: cheaper } = await api.updateTool({ name: 'mine', max_budget_usd: null, args: [] })
    assert.deepEqual(cheaper, { ...tool, max_budget_usd: null, args: [] })
    const nothing = {
      ...{ model: null, args: [], permission_mode: null, max_turns: null, max_budget_usd: null },
      use_api_key: false,
    }
    const { tool: codex } = await api.updateTool({ name: 'mine', agent: 'codex' })
    assert.deepEqual(codex, { ...tool, ...nothing, agent: 'codex' })
    const { tool: command } = await api.updateTool({ name: 'mine', command: ['x'] })
    assert.deepEqual(command, { ...tool, ...nothing, agent: null, command: ['x'] })
    const { tool: gemini } = await api.updateTool({ name: 'mine', agent: 'gemini', model: 'pro' })
    assert.deepEqual([gemini.agent, gemini.model, gemini.command], ['gemini', 'pro', null])
    const { tool: none } = await api.updateTool({ name: 'mine', agent: null })
    assert.deepEqual([none.agent, none.model, none.kind], [null, null, 'other'])
  })

  const wrong: [object, RegExp, string][] = [
    [{ agent: 'claude', command: ['x'] }, /has an agent, and so no command/, '/command'],
    [{ model: 'opus' }, /model is for tools that have an agent, and mine has none\./, '/model'],
    [{ command: ['x'], use_api_key: true }, /use_api_key is for tools that have an agent/, '/use_api_key'],
    [
      { agent: 'codex', permission_mode: 'acceptEdits' },
      /Codex has no permission mode "acceptEdits": read-only, workspace-write and danger-full-access\./,
      '/permission_mode',
    ],
    [{ agent: 'codex', max_turns: 5 }, /Codex knows no max_turns\./, '/max_turns'],
    [{ agent: 'gemini', max_budget_usd: 5 }, /Gemini knows no max_budget_usd\./, '/max_budget_usd'],
    [{ agent: 'nobody' }, /agent must be one of claude, codex, gemini/, '/agent'],
    [{ agent: 'claude', model: '--dangerously-skip-permissions' }, /model must be a text/, '/model'],
  ]
  test('what a tool cannot be is refused, with the field', async t => {
    const { api } = await open(t)
    for (const [input, words, pointer] of wrong) {
      const error = await refused(
        api.createTool({ name: 'mine', task_class: 'LLM_LITE', ...input } as never),
        'invalid',
        words,
      )
      assert.equal(error.errors[0]?.pointer, pointer)
    }
    await refused(api.updateTool({ name: 'run-bash', agent: 'claude' }), 'invalid', /run-bash runs scripts/)
  })

  test('a task’s check is kept in its payload, of whatever kind; a lane has one for all', async t => {
    const { api, lane, add } = await open(t)
    const check = 'npm test'
    const queue = await lane('a', { settings: { check, check_retries: 3, context: 'fresh', max_usd: 2.5 } })
    assert.deepEqual(queue.settings, { check, check_retries: 3, context: 'fresh', max_usd: 2.5 })
    for (const [tool_name, payload] of [
      ['llm-sonnet', { prompt: 'x', check }],
      ['run-bash', { command: 'true', check }],
      ['run-python', { code: '1', check }],
    ] as const)
      assert.deepEqual((await add(queue, { tool_name, payload })).payload, payload)
    const input = { queue_id: 'a', tool_name: 'llm-sonnet', payload: { prompt: 'x', check: '' } }
    await refused(api.createTask(input), 'invalid', /check must not be empty/)
    await refused(
      api.updateQueue({ id: 'a', settings: { check_retries: 21 } }),
      'invalid',
      /check_retries .* from 0 to 20/,
    )
    await refused(api.updateQueue({ id: 'a', settings: { max_usd: 0 } }), 'invalid', /max_usd/)
  })

  test('a check that failed fails its task, with what it says', async t => {
    const world = await open(t)
    const lanes = agentLanes(world)
    await lanes.open('a')
    const ending = { kind: 'check_failed', detail: 'npm test exited with 1.', code: 1 } as const
    const task = await lanes.run('a', 'ok', {}, { ending })
    assert.deepEqual(
      [task.status, task.error_type, task.error_message, task.exit_code],
      ['failed', 'check_failed', 'npm test exited with 1.', 1],
    )
  })

  test('a task of a tool whose program is not here is queued with a warning', async t => {
    const { api, lane } = await open(t)
    await lane('a')
    await api.createTool({ name: 'mine', task_class: 'LLM_LITE', command: ['no-such-llm'] })
    await api.createTool({ name: 'local', task_class: 'LLM_LITE', command: ['bin/no-such-llm'] })
    await api.createTool({ name: 'here', task_class: 'LLM_LITE', command: ['cat'] })
    const task = (tool_name: string) => ({ queue_id: 'a', tool_name, payload: { prompt: 'x' } })
    assert.deepEqual((await api.createTask(task('mine'))).warnings, [
      'mine: its program no-such-llm is not on the PATH here, and its tasks wait until it is.',
    ])
    assert.deepEqual((await api.createTask(task('local'))).warnings, [
      'local: its program bin/no-such-llm is not there, and its tasks wait until it is.',
    ])
    assert.deepEqual((await api.createTask(task('here'))).warnings, [])
    const { tasks, warnings } = await api.createTasks({ tasks: [task('mine'), task('mine')] })
    assert.deepEqual([tasks.length, warnings.length], [2, 1])
    const checked = await api.checkTasks({ tasks: [task('mine')] })
    assert.equal(checked.tasks[0]?.warnings.length, 1)
    const { warnings: agents } = await api.createTask(task('llm-codex'))
    for (const warning of agents) assert.match(warning, /Install it with: npm install -g @openai\/codex$/)
  })

  test('a tool whose program a runner does not find is said to be missing there, until it is found', async t => {
    const world = await open(t)
    const lanes = agentLanes(world)
    const { id } = await lanes.open('a')
    await lanes.add('a')
    const missing = [{ tool_name: 'llm-sonnet', program: 'claude', install: 'npm install -g x' }]
    assert.equal(await lanes.ask('a', { tools: ['run-bash'], missing }), 'other_tool')
    const runners = async () => (await world.api.listRunners()).runners.map(it => it.missing)
    assert.deepEqual(await runners(), [missing])
    const { why } = await world.api.explainTask({ id: 'A-1' })
    assert.deepEqual([why.code, why.next], ['tool_missing', ['npm install -g x']])
    assert.match(why.sentence, /^A-1 is for llm-sonnet, whose program claude its runner does not find\.$/)
    assert.equal(await lanes.ask('a', { tools: ['run-bash', 'llm-sonnet'], missing: [] }), 'A-1')
    assert.deepEqual(await runners(), [[]])
    await refused(world.api.claimTask({ id, missing: [{ tool_name: 'x' }] as never }), 'invalid')
  })
}
