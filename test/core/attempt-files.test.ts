import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { readFrom, readMarks } from '../../src/attempt-files/marks.ts'
import { attemptFiles, outputSizes } from '../../src/attempt-files/paths.ts'
import { readStatus } from '../../src/attempt-files/status.ts'
import { tempFolder } from '../support/folder.ts'

const exit = (code: number) => ({ code, signal: null })
const signal = (name: string) => ({ code: null, signal: name })

/** What stands in the wrapper's record, and how it is read. */
const records: [string, string | null, number | null, object | null][] = [
  ['no record yet', null, null, null],
  ['an empty record', '', null, null],
  ['a task that runs', 'pid 42\n', 42, null],
  ['a task that ended well', 'pid 42\nexit 0\n', 42, exit(0)],
  ['one that failed', 'pid 42\nexit 3\n', 42, exit(3)],
  ['one that exited like a signal', 'pid 42\nexit 137\n', 42, exit(137)],
  ['one that was killed', 'pid 42\nbash: line 1: 42 Killed  sleep\nexit 137\n', 42, signal('SIGKILL')],
  ['one that crashed', 'pid 42\nSegmentation fault\nexit 139\n', 42, signal('SIGSEGV')],
  ['one that was over before it was waited for', 'pid 42\n[1]+  Exit 137\nexit 137\n', 42, exit(137)],
  ['an exit that is still being written', 'pid 42\nexit 13', 42, null],
  ['one that never started', 'exit 127\n', null, exit(127)],
  ['noise and an exit of few', 'pid 42\nsomething\nexit 2\n', 42, exit(2)],
]
for (const [what, text, pid, ended] of records) {
  test(`${what} is read`, t => {
    const file = path.join(tempFolder(t), '1.status')
    if (text !== null) fs.writeFileSync(file, text)
    const status = readStatus(file)
    assert.deepEqual([status.pid, status.exit], [pid, ended])
    assert.equal(status.endedAt === null, ended === null)
  })
}

test('an attempt’s files lie in its task’s folder, by its number', t => {
  const logs = tempFolder(t)
  const files = attemptFiles(logs, 'tsk_1', 2)
  assert.deepEqual(
    [files.folder, files.stdout],
    [path.join(logs, 'tasks/tsk_1'), path.join(logs, 'tasks/tsk_1/2.out')],
  )
  assert.deepEqual(outputSizes(files), { stdout: 0, stderr: 0 })
})

test('a mark that cannot be read is left out, and one without its end waits', t => {
  const file = path.join(tempFolder(t), '1.marks')
  fs.writeFileSync(file, '1 o 5\nnonsense\n2 x 5\n3 e 7\n4 o')
  const { marks, next } = readMarks(file)
  assert.deepEqual(
    marks.map(it => [it.stream, it.offset]),
    [
      ['stdout', 5],
      ['stderr', 7],
    ],
  )
  fs.appendFileSync(file, ' 9\n')
  assert.deepEqual(
    readMarks(file, next).marks.map(it => it.offset),
    [9],
  )
})

test('a stretch of a file is read, as far as there is one', t => {
  const file = path.join(tempFolder(t), 'x')
  fs.writeFileSync(file, 'hello')
  const read = (offset: number, limit?: number) => readFrom(file, offset, limit).toString()
  assert.deepEqual([read(0), read(1, 3), read(5), read(9), read(3, 99)], ['hello', 'ell', '', '', 'lo'])
})
