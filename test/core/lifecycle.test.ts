import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { test } from 'node:test'
import { queueStatuses } from '../../src/contract/queues.ts'
import { taskStatuses } from '../../src/contract/tasks.ts'
import { queueSteps, taskSteps } from '../../src/core/lifecycle.ts'

const root = path.resolve(import.meta.dirname, '../..')

test('a task has four statuses, and these ways between them', () => {
  const ways = Object.entries(taskSteps).map(([step, { from, to }]) => `${step}: ${from.join()} > ${to}`)
  assert.deepEqual(ways, [
    'enqueue:  > queued',
    'claim: queued > running',
    'succeed: running > succeeded',
    'fail: running > failed',
    'give_back: running > queued',
    'cancel: queued > failed',
  ])
  assert.deepEqual([...taskStatuses], ['queued', 'running', 'succeeded', 'failed'])
})

test('a queue has five statuses, each can be reached, and all but the last can be left', () => {
  const reached = new Set<string>(Object.values(queueSteps).map(({ to }) => to))
  const left = new Set<string>(Object.values(queueSteps).flatMap(({ from }) => [...from]))
  assert.deepEqual([...queueStatuses], ['planned', 'active', 'idle', 'ended', 'archived'])
  assert.deepEqual(
    queueStatuses.filter(status => !reached.has(status)),
    ['planned'],
    'planned is where a queue may begin',
  )
  assert.deepEqual(
    queueStatuses.filter(status => !left.has(status)),
    [],
  )
})

test('a finished task is finished: nothing leads from there', () => {
  const from = Object.values(taskSteps).flatMap(step => step.from as readonly string[])
  assert.ok(!from.includes('succeeded') && !from.includes('failed'))
})

test('docs/lifecycle.md is what the tables say', () => {
  const { status, stderr } = spawnSync(process.execPath, [path.join(root, 'dev/docs.ts'), '--check'], {
    encoding: 'utf8',
  })
  assert.equal(status, 0, stderr)
})
