import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ageOf } from '../../src/processes/age.ts'
import { createCpuMeter } from '../../src/processes/cpu.ts'
import { identify } from '../../src/processes/identity.ts'
import { parseCpuTime } from '../../src/processes/ps.ts'
import { findProcess, type ProcessRow } from '../../src/processes/table.ts'
import { start, until } from './support.ts'

const onLinux = { skip: process.platform !== 'linux' && 'only /proc tells it finely enough' }
const row = (pid: number, cpu_ms: number): ProcessRow => ({
  ...{ pid, ppid: 1, pgid: pid, sid: pid, state: 'S', start_time: String(pid), command: 'x' },
  cpu_ms,
})

test('a tree has used what its processes have used since the last look, new ones included', () => {
  const measure = createCpuMeter()
  assert.equal(measure([row(1, 50)]), 50)
  assert.equal(measure([row(1, 50)]), 0)
  assert.equal(measure([row(1, 70), row(2, 30)]), 50)
})

test('the end of one process does not hide what another one uses', () => {
  const measure = createCpuMeter()
  measure([row(1, 10), row(2, 5000)])
  assert.equal(measure([row(1, 40)]), 30)
})

test('a process shows the time of children that it has waited for', onLinux, async t => {
  const loop = start(t, ['bash', '-c', 'while :; do /bin/true; done'])
  const idle = start(t, ['sleep', '600'])
  await until('it has used some', () => (findProcess(loop.pid)?.cpu_ms ?? 0) >= 100)
  assert.ok((findProcess(idle.pid)?.cpu_ms ?? 0) < 100)
})

test('ps tells processor times as Linux or as macOS does', () => {
  assert.equal(parseCpuTime('00:01:02'), 62_000)
  assert.equal(parseCpuTime('1-02:03:04'), 93_784_000)
  assert.equal(parseCpuTime('0:00.04'), 40)
  assert.equal(parseCpuTime('123:04.56'), 7_384_560)
})

test('a process is as old as its start is past; what is gone, or another, has no age', onLinux, async t => {
  const before = performance.now()
  const young = start(t, ['sleep', '600'])
  const age = ageOf(young) as number
  // The kernel counts in steps of 10 ms.
  assert.ok(age >= 0 && age <= performance.now() - before + 20, `${age}`)
  const me = identify(process.pid)
  assert.ok(me && (ageOf(me) as number) >= age)
  assert.equal(ageOf({ ...young, start_time: '1' }), null)
  assert.equal(ageOf({ ...young, boot_id: 'another' }), null)
})
