import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeChanges } from '../src/config-changes.ts'
import { defaultConfig } from '../src/contract/config.ts'

const withTool = (tool: object) =>
  ({ ...defaultConfig, tools: { 'llm-haiku': tool } }) as unknown as typeof defaultConfig

test('another order of keys is no change', () => {
  const one = withTool({ task_class: 'LLM_LITE', agent: 'claude' })
  const other = withTool({ agent: 'claude', task_class: 'LLM_LITE' })
  assert.deepEqual(describeChanges(one, other), [])
})

test('a change of a tool names the field, and what goes over the tool', () => {
  const before = withTool({ task_class: 'LLM_LITE', description: 'Haiku', timeout: 5 })
  const after = withTool({ description: 'Hk', task_class: 'LLM_LITE', args: ['-v'] })
  const changes = [
    'tools.llm-haiku.description: "Haiku" → "Hk"',
    'tools.llm-haiku.timeout removed',
    'tools.llm-haiku.args added: ["-v"]',
  ]
  assert.deepEqual(describeChanges(before, after), changes)
  assert.deepEqual(
    describeChanges(before, after, new Map([['tools.llm-haiku', 'your own']])),
    changes.map(it => `${it}, but your own goes over it`),
  )
})
