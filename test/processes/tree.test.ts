import assert from 'node:assert/strict'
import { test } from 'node:test'
import { identify } from '../../src/processes/identity.ts'
import { members } from '../../src/processes/tree.ts'
import { exitOf, remains, scene, start, startTask, until } from './support.ts'

const commands = (rows: { command: string }[]) => rows.map(row => row.command).sort()

test('a task has its group and whatever left it, but not its wrapper', async t => {
  const { tree } = await startTask(t, 'clinging.sh')
  const found = await until('all are there', () => {
    const rows = members(tree)
    return (
      [601, 602, 603, 604].every(n =>
        rows.some(row => row.command === `sleep ${n}` || row.command.endsWith(`/sleep ${n}`)),
      ) && rows
    )
  })
  assert.ok(!found.some(row => row.pid === tree.wrapper.pid))
  assert.ok(found.some(row => row.pid === tree.leader.pid && row.inGroup))
  const outside = commands(found.filter(row => !row.inGroup))
  assert.equal(outside.length, 2)
  assert.equal(outside.at(-1), 'sleep 602')
})

test('a child lives on in the group of a leader that is gone', async t => {
  const task = await startTask(t, 'parting.sh')
  await exitOf(task)
  await until('the leader is gone', () => identify(task.tree.leader.pid) === null)
  await until('the child has its program', () => remains(task).some(row => row.command === 'sleep 600'))
  assert.deepEqual(
    members(task.tree).map(({ command, inGroup }) => ({ command, inGroup })),
    [{ command: 'sleep 600', inGroup: true }],
  )
})

test('a stranger in a reused process group is no member', t => {
  const stranger = start(t, ['sleep', '600'])
  const { mark } = scene(t)
  assert.deepEqual(members({ mark, wrapper: null, leader: { ...stranger, start_time: 'earlier' } }), [])
  assert.deepEqual(members({ mark, wrapper: { ...stranger, start_time: 'earlier' }, leader: null }), [])
  assert.equal(members({ mark, wrapper: null, leader: stranger }).length, 1)
})

test('a marked process proves that the group is the task’s', t => {
  const { mark } = scene(t)
  const child = start(t, ['sleep', '600'], { SPARKQ_MARK: mark })
  const [member] = members({ mark, wrapper: null, leader: { ...child, start_time: 'earlier' } })
  assert.equal(member?.inGroup, true)
})

test('this process is no member of anything', () => {
  const me = identify(process.pid)
  assert.ok(!members({ mark: 'none', wrapper: null, leader: me }).some(row => row.pid === process.pid))
})
