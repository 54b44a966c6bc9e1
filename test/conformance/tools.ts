import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import type { Api } from '../../src/contract/api.ts'
import { noAgent } from '../../src/contract/tools.ts'
import { refused } from '../support/refused.ts'
import type { Harness } from './harness.ts'

const names = async (api: Api) => (await api.listTools()).tools.map(it => it.name)
const classes = async (api: Api) => (await api.listTaskClasses()).task_classes.map(it => it.name)

export function tools({ open }: Harness): void {
  test('a tool of one’s own is added, shown, changed and deleted', async t => {
    const { api } = await open(t)
    const command = ['my-llm', '--model', 'x', '{prompt}']
    const { tool } = await api.createTool({ name: 'my-llm', task_class: 'LLM_LITE', command })
    assert.deepEqual(tool, {
      ...{ name: 'my-llm', description: null, task_class: 'LLM_LITE', timeout: null, command },
      ...{ ...noAgent, kind: 'prompt', source: 'user', hidden: false },
    })
    assert.deepEqual(await api.getTool({ name: 'my-llm' }), { tool })
    const changes = { description: 'Mine', timeout: 30, command: null }
    const { tool: changed } = await api.updateTool({ name: 'my-llm', ...changes })
    assert.deepEqual(changed, { ...tool, ...changes, kind: 'other' })
    assert.ok((await names(api)).includes('my-llm'))
    assert.deepEqual((await api.deleteTool({ name: 'my-llm' })).tool, changed)
    await refused(api.getTool({ name: 'my-llm' }), 'not_found', /no tool "my-llm"/)
  })

  test('a change to a tool of the file is a copy that goes before it, and is taken back by its deletion', async t => {
    const { api } = await open(t)
    const { tool: inFile } = await api.getTool({ name: 'run-bash' })
    const { tool } = await api.updateTool({ name: 'run-bash', timeout: 7 })
    assert.deepEqual(tool, { ...inFile, timeout: 7, source: 'user' })
    assert.equal((await names(api)).filter(it => it === 'run-bash').length, 1)
    assert.deepEqual((await api.deleteTool({ name: 'run-bash' })).tool, tool)
    assert.deepEqual((await api.getTool({ name: 'run-bash' })).tool, inFile)
  })

  test('a tool of the file that is deleted is hidden, a reload too, until it is brought back', async t => {
    const { api, projectRoot } = await open(t)
    const { tool: inFile } = await api.getTool({ name: 'llm-codex' })
    assert.deepEqual((await api.deleteTool({ name: 'llm-codex' })).tool, { ...inFile, hidden: true })
    fs.writeFileSync(path.join(projectRoot, 'sparkq.yml'), '# changed\n')
    await api.reload()
    assert.ok(!(await names(api)).includes('llm-codex'))
    const { tools } = await api.listTools({ hidden: true })
    assert.deepEqual(tools.find(it => it.name === 'llm-codex')?.hidden, true)
    const error = await refused(api.getTool({ name: 'llm-codex' }), 'not_found', /was deleted here/)
    assert.match(error.hint ?? '', /sparkq tools edit llm-codex --restore/)
    assert.deepEqual((await api.updateTool({ name: 'llm-codex', hidden: false })).tool, inFile)
    await api.deleteTool({ name: 'llm-codex' })
    const { tool } = await api.createTool({ name: 'llm-codex', task_class: 'FAST_SCRIPT' })
    assert.deepEqual([tool.source, tool.hidden, tool.task_class], ['user', false, 'FAST_SCRIPT'])
  })

  test('a reload replaces what comes from the file, and nothing else', async t => {
    const { api, projectRoot } = await open(t)
    await api.createTool({ name: 'mine', task_class: 'LLM_LITE' })
    await api.updateTool({ name: 'run-bash', timeout: 7 })
    await api.createTaskClass({ name: 'MINE', timeout: 1 })
    const file = 'tools: { run-bash: { task_class: FAST_SCRIPT, timeout: 3 } }\n'
    fs.writeFileSync(path.join(projectRoot, 'sparkq.yml'), file)
    await api.reload()
    const { tools } = await api.listTools()
    assert.deepEqual(
      tools.map(it => [it.name, it.timeout, it.source]),
      [
        ['mine', null, 'user'],
        ['run-bash', 7, 'user'],
      ],
    )
    assert.ok((await classes(api)).includes('MINE'))
  })

  test('a tool that a queued task is for stays', async t => {
    const { api, lane, claim } = await open(t)
    const queue = await lane()
    await api.createTool({ name: 'mine', task_class: 'LLM_LITE' })
    const task = { queue_id: queue.id, tool_name: 'mine', payload: {} }
    await api.createTask(task)
    await refused(api.deleteTool({ name: 'mine' }), 'conflict', /"mine" is in use: AUTH-1 is for it/)
    await api.createTask(task)
    await refused(api.deleteTool({ name: 'mine' }), 'conflict', /in use: 2 tasks are for it, AUTH-1 first/)
    await claim(queue)
    await api.completeTask({ id: 'AUTH-1', result_summary: 'Done.' })
    const error = await refused(api.deleteTool({ name: 'mine' }), 'conflict', /AUTH-2/)
    assert.match(error.hint ?? '', /sparkq cancel AUTH-2/)
    await api.cancelTask({ id: 'AUTH-2' })
    await api.deleteTool({ name: 'mine' })
  })

  test('a tool that is the default of a lane stays, and the lanes are named', async t => {
    const { api } = await open(t)
    const { session } = await api.createSession({ name: 'night' })
    await api.createTool({ name: 'mine', task_class: 'LLM_LITE' })
    const settings = { default_tool: 'mine' }
    await api.createQueue({ session_id: session.id, name: 'night shift', settings })
    const one = await refused(
      api.deleteTool({ name: 'mine' }),
      'conflict',
      /^The tool "mine" is in use: queue "night shift" has it as default tool\.$/,
    )
    assert.equal(one.hint, "sparkq queue set 'night shift' default_tool=TOOL")
    await api.createQueue({ session_id: session.id, name: 'web', settings })
    await refused(
      api.deleteTool({ name: 'mine' }),
      'conflict',
      /queues "night shift", "web" have it as default tool/,
    )
    await api.endQueue({ id: 'night shift' })
    await api.archiveQueue({ id: 'web' })
    await refused(api.deleteTool({ name: 'mine' }), 'conflict', /: queue "web" has it/)
    await api.updateQueue({ id: 'web', settings: { default_tool: null } as never })
    await api.deleteTool({ name: 'mine' })
  })

  test('a change of a tool of the file is taken back, though a lane has it as default', async t => {
    const { api } = await open(t)
    const { session } = await api.createSession({ name: 'night' })
    await api.createQueue({ session_id: session.id, name: 'web', settings: { default_tool: 'run-bash' } })
    await api.updateTool({ name: 'run-bash', timeout: 7 })
    await api.deleteTool({ name: 'run-bash' })
    await refused(api.deleteTool({ name: 'run-bash' }), 'conflict', /queue "web" has it/)
  })

  test('a tool with a command takes prompts, and one without it what it likes', async t => {
    const { api, lane } = await open(t)
    const queue = await lane()
    await api.createTool({ name: 'mine', task_class: 'LLM_LITE', command: ['cat'] })
    const task = { queue_id: queue.id, tool_name: 'mine' }
    await refused(api.createTask({ ...task, payload: { x: 1 } }), 'invalid', /no payload for mine/)
    const { task: queued } = await api.createTask({ ...task, payload: { prompt: 'x' } })
    assert.equal((await api.explainTask({ id: queued.id })).why.code, 'no_runner')
    await api.updateTool({ name: 'mine', command: null })
    assert.equal((await api.explainTask({ id: queued.id })).why.code, 'other_tool')
    await api.createTask({ ...task, payload: { x: 1 } })
  })

  test('a class is added, changed and deleted; the file’s own are hidden and brought back', async t => {
    const { api } = await open(t)
    const { task_class } = await api.createTaskClass({ name: 'MINE', timeout: 5, description: 'Short' })
    assert.deepEqual(task_class, {
      ...{ name: 'MINE', timeout: 5, description: 'Short', source: 'user', hidden: false },
    })
    assert.deepEqual(await api.getTaskClass({ name: 'MINE' }), { task_class })
    const { task_class: changed } = await api.updateTaskClass({ name: 'MINE', timeout: 6 })
    assert.deepEqual(changed, { ...task_class, timeout: 6 })
    await api.deleteTaskClass({ name: 'MINE' })
    await refused(api.getTaskClass({ name: 'MINE' }), 'not_found', /no task class "MINE"/)

    const { task_class: fast } = await api.getTaskClass({ name: 'FAST_SCRIPT' })
    await api.updateTaskClass({ name: 'FAST_SCRIPT', timeout: 1 })
    assert.deepEqual((await api.deleteTaskClass({ name: 'FAST_SCRIPT' })).task_class.timeout, 1)
    assert.deepEqual((await api.getTaskClass({ name: 'FAST_SCRIPT' })).task_class, fast)
    assert.equal((await api.deleteTaskClass({ name: 'FAST_SCRIPT' })).task_class.hidden, true)
    assert.ok(!(await classes(api)).includes('FAST_SCRIPT'))
    const all = (await api.listTaskClasses({ hidden: true })).task_classes
    assert.equal(all.find(it => it.name === 'FAST_SCRIPT')?.hidden, true)
    await refused(api.getTaskClass({ name: 'FAST_SCRIPT' }), 'not_found', /was deleted here/)
    assert.deepEqual((await api.updateTaskClass({ name: 'FAST_SCRIPT', hidden: false })).task_class, fast)
  })

  test('a class in use cannot go, and it is said by which tools', async t => {
    const { api } = await open(t)
    const error = await refused(
      api.deleteTaskClass({ name: 'MEDIUM_SCRIPT' }),
      'conflict',
      /"MEDIUM_SCRIPT" is in use: run-bash, run-python have it/,
    )
    assert.match(error.hint ?? '', /sparkq tools edit run-bash --class/)
    await api.updateTool({ name: 'run-bash', task_class: 'FAST_SCRIPT' })
    await refused(api.deleteTaskClass({ name: 'MEDIUM_SCRIPT' }), 'conflict', /use: run-python has it/)
    await api.deleteTool({ name: 'run-python' })
    await api.deleteTaskClass({ name: 'MEDIUM_SCRIPT' })
    const gone = api.updateTool({ name: 'run-bash', task_class: 'MEDIUM_SCRIPT' })
    await refused(gone, 'invalid', /no task class "MEDIUM_SCRIPT"/)
  })

  test('what is there already is not added again, in no case', async t => {
    const { api } = await open(t)
    await refused(
      api.createTool({ name: 'Run-Bash', task_class: 'LLM_LITE' }),
      'conflict',
      /"run-bash" already/,
    )
    await refused(
      api.createTaskClass({ name: 'fast_script', timeout: 1 }),
      'conflict',
      /"FAST_SCRIPT" already/,
    )
  })

  test('what is not there is named, with the nearest that is', async t => {
    const { api } = await open(t)
    for (const call of [api.getTool, api.updateTool, api.deleteTool])
      await refused(call({ name: 'run-bsh' }), 'not_found', /no tool "run-bsh"\. Did you mean "run-bash"\?/)
    for (const call of [api.getTaskClass, api.updateTaskClass, api.deleteTaskClass])
      await refused(
        call({ name: 'FAST' }),
        'not_found',
        /no task class "FAST"\. Did you mean "FAST_SCRIPT"\?/,
      )
    const far = api.createTool({ name: 'x', task_class: 'FAST' })
    await refused(far, 'invalid', /no task class "FAST"\. Did you mean "FAST_SCRIPT"\?/)
  })

  for (const name of ['', ' ', 'two words', 'a/b', '-x', '.', '..', 'ü', 'x'.repeat(101)]) {
    test(`${JSON.stringify(name.slice(0, 20))} names neither a tool nor a class`, async t => {
      const { api } = await open(t)
      await refused(api.createTool({ name, task_class: 'LLM_LITE' }), 'invalid', /name/)
      await refused(api.createTaskClass({ name, timeout: 1 }), 'invalid', /name/)
    })
  }

  test('a command is a program with arguments, and not for what runs scripts', async t => {
    const { api } = await open(t)
    const tool = { name: 'x', task_class: 'LLM_LITE' }
    await refused(
      api.createTool({ ...tool, command: [] }),
      'invalid',
      /command must be a list that is not empty/,
    )
    await refused(api.createTool({ ...tool, command: 'x' as never }), 'invalid', /command must be a list/)
    await refused(api.createTool({ ...tool, command: ['a\0'] }), 'invalid', /command must be a list/)
    await refused(api.updateTool({ name: 'run-bash', command: ['x'] }), 'invalid', /run-bash runs scripts/)
    await refused(api.createTool({ ...tool, timeout: 0 }), 'invalid', /timeout must be a whole number/)
    await refused(api.createTaskClass({ name: 'X', timeout: 0 }), 'invalid', /timeout must be a whole/)
  })
}
