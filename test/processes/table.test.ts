import assert from 'node:assert/strict'
import { test } from 'node:test'
import { listFromProc } from '../../src/processes/proc.ts'
import { listFromPs, markedInPs, rowFromPs } from '../../src/processes/ps.ts'
import { findProcess, hasMark, listProcesses, type ProcessRow } from '../../src/processes/table.ts'
import { scene, start, until } from './support.ts'

const onLinux = { skip: process.platform !== 'linux' }

test('the table lists a process with its parent, group and session', t => {
  const { pid } = start(t, ['sleep', '600'])
  const row = listProcesses().find(each => each.pid === pid)
  assert.equal(row?.ppid, process.pid)
  assert.equal(row?.pgid, pid)
  assert.equal(row?.command, 'sleep 600')
  assert.equal(findProcess(pid)?.start_time, row?.start_time)
})

test('ps and /proc agree on a process', onLinux, t => {
  const { pid } = start(t, ['sleep', '600'])
  const facts = (rows: Iterable<ProcessRow>) =>
    [...rows]
      .filter(row => row.pid === pid)
      .map(({ start_time, cpu_ms, state, ...rest }) => ({ ...rest, state: state[0] }))
  // it may be caught running the first time
  return until('both see it asleep', () => facts(listFromProc())[0]?.state === 'S').then(() => {
    assert.deepEqual(facts(listFromPs()), facts(listFromProc()))
    assert.equal(facts(listFromPs()).length, 1)
  })
})

test('ps tells the same start whether it is asked for one process or for all', t => {
  const { pid } = start(t, ['sleep', '600'])
  const row = listFromPs().find(each => each.pid === pid)
  assert.match(row?.start_time ?? '', /^\w+ \w+ +\d+ \d\d:\d\d:\d\d \d{4}$/)
  assert.equal(rowFromPs(pid)?.start_time, row?.start_time)
  assert.equal(rowFromPs(2 ** 30), null)
})

test('a mark is found in the environment, whole and exact', t => {
  const { mark } = scene(t)
  const { pid } = start(t, ['sleep', '600'], { SPARKQ_MARK: mark })
  const other = start(t, ['sleep', '600'], {
    SPARKQ_MARK: `${mark}2`,
    NOT_SPARKQ_MARK: mark,
    X: `\nSPARKQ_MARK=${mark}`,
  })
  assert.ok(hasMark(pid, mark))
  assert.ok(!hasMark(pid, mark.slice(0, -1)))
  assert.ok(!hasMark(pid, ''))
  assert.ok(!hasMark(other.pid, mark))
  assert.ok(!hasMark(2 ** 30, mark))
})

test('ps finds a mark as well', t => {
  const { mark } = scene(t)
  const { pid } = start(t, ['sleep', '600'], { SPARKQ_MARK: mark })
  start(t, ['sleep', '600'], { SPARKQ_MARK: `${mark}2` })
  assert.deepEqual([...markedInPs(mark)], [pid])
})
