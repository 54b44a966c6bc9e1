import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type OperationName, operations } from '../../src/contract/operations.ts'
import { refused } from '../support/refused.ts'
import type { Harness } from './harness.ts'

/** A value for a required field of any operation. */
const examples: Record<string, unknown> = {
  id: 'auth',
  name: 'auth',
  session_id: 'auth',
  queue_id: 'auth',
  attempt: 1,
  payload: { command: 'true' },
  result_summary: 'Done.',
  error_message: 'No.',
  decision: 'accepted',
  stream: 'stdout',
  mode: 'run',
  ending: { kind: 'exit', code: 0 },
  process: { pid: 1, start_time: '1', boot_id: 'b', hostname: 'h' },
  command: ['x'],
  cwd: '/',
  tasks: [{ queue_id: 'auth', payload: { command: 'true' } }],
  offset: 0,
  data: '',
  question: 'Which?',
  answer: 'This.',
  cause: 'cancelled',
  wanted: 'off',
  exit_code: 1,
  signal: null,
  deaths: 1,
  restart_at: '2026-01-31T22:14:03.120Z',
}

/** Where a field of the same name is something else. */
const own: { [N in OperationName]?: Record<string, unknown> } = {
  openConversation: { agent: 'claude', host: 'here' },
  pauseProvider: { name: 'claude' },
  resumeProvider: { name: 'claude' },
  setConfig: { namespace: 'limits', key: 'stop_grace', value: 1 },
  unsetConfig: { namespace: 'limits', key: 'stop_grace' },
  validateConfig: { text: '' },
  createTool: { name: 'x', task_class: 'X' },
  createTaskClass: { name: 'X', timeout: 1 },
  createPrompt: { command: 'x', template: 'x' },
  quickAddTask: { mode: 'llm' },
}

const exampleOf = (name: OperationName, key: string) => own[name]?.[key] ?? examples[key]
const required = (name: OperationName) => (operations[name].input as { required?: string[] }).required ?? []

export function shape({ open }: Harness): void {
  test('an unknown field is refused by every operation', async t => {
    const { api } = await open(t)
    for (const name of Object.keys(operations) as OperationName[]) {
      const given = Object.fromEntries(required(name).map(key => [key, exampleOf(name, key)]))
      const call = api[name] as (input: object) => Promise<unknown>
      await refused(call({ ...given, nonsense: 'x' }), 'invalid', /nonsense is not a known field/)
    }
  })

  test('a missing field is refused by every operation', async t => {
    const { api } = await open(t)
    for (const name of Object.keys(operations) as OperationName[]) {
      for (const missing of required(name)) {
        // Without what its path names, it is another address.
        if (operations[name].path.includes(`{${missing}}`)) continue
        const rest = required(name).filter(key => key !== missing)
        const call = api[name] as (input: object) => Promise<unknown>
        const given = Object.fromEntries(rest.map(key => [key, exampleOf(name, key)]))
        await refused(call(given), 'invalid', new RegExp(`^${missing} is missing`))
      }
    }
  })

  test('nothing is coerced', async t => {
    const { api, lane } = await open(t)
    await lane()
    const task = { queue_id: 'auth', tool_name: 'run-bash', payload: { command: 'true' } }
    const wrong = [
      { timeout: '30' },
      { timeout: true },
      { max_attempts: '2' },
      { payload: 'true' },
      { payload: [] },
    ]
    for (const part of wrong) {
      const error = await refused(api.createTask({ ...task, ...part } as never), 'invalid')
      assert.equal(error.errors[0]?.pointer, `/${Object.keys(part)[0]}`)
    }
    await refused(api.purge({ older_than_days: '3' as never }), 'invalid', /a number/)
  })

  test('every wrong place is named, not just the first', async t => {
    const { api } = await open(t)
    const error = await refused(api.createTask({ timeout: 0, nonsense: 1 } as never), 'invalid')
    assert.deepEqual(error.errors.map(it => it.pointer).sort(), [
      '/nonsense',
      '/payload',
      '/queue_id',
      '/timeout',
    ])
  })
}
