import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { countRefused, createLog, logFilePath } from '../../src/log.ts'
import { tempFolder } from '../support/folder.ts'

const clock = () => Date.parse('2026-01-31T22:14:03.120Z')

function open(t: TestContext, rotate?: { maxBytes: number; maxFiles: number }) {
  const folder = path.join(tempFolder(t), 'logs')
  const complaints: string[] = []
  const complain = (sentence: string) => void complaints.push(sentence)
  const log = createLog({ folder, clock, complain, ...(rotate ? { rotate } : {}) })
  return { folder, complaints, log, read: () => fs.readFileSync(logFilePath(folder), 'utf8') }
}

const mode = (file: string) => (fs.statSync(file).mode & 0o777).toString(8)

test('an event is one line: time, level, name, values', t => {
  const { log, read } = open(t)
  log({ type: 'server_started', address: 'http://127.0.0.1:5005', pid: 7, version: '1.2.3', access: 'local' })
  log({ type: 'server_stopped', pid: 7, reason: 'it was told to' })
  assert.equal(
    read(),
    '2026-01-31T22:14:03.120Z info server.started address=http://127.0.0.1:5005 pid=7 version=1.2.3 access=local\n' +
      '2026-01-31T22:14:03.120Z info server.stopped pid=7 reason="it was told to"\n',
  )
})

test('an internal error is there whole, with its cause, and still one line', t => {
  const { log, read } = open(t)
  const cause = new TypeError('x is not a function')
  log({ type: 'failed', where: 'a request', error: new Error('Internal error in getTask.', { cause }) })
  const [line = '', ...rest] = read().split('\n')
  assert.deepEqual(rest, [''])
  const error = JSON.parse(line.slice(line.indexOf(' error="') + ' error='.length))
  assert.match(error, /^Error: Internal error in getTask\.\n {4}at .*log\.test\.ts/)
  assert.match(error, /\ncaused by: TypeError: x is not a function\n {4}at /)
})

test('what a stranger sent neither breaks a line nor reaches the terminal', t => {
  const { log, read } = open(t)
  log({ type: 'refused', reason: 'a\nb\x1b[2J"c\x9b\u2028\u202e=', count: 1 })
  assert.equal(
    read(),
    '2026-01-31T22:14:03.120Z warning request.refused reason="a\\nb\\u001b[2J\\"c\\u009b\\u2028\\u202e=" count=1\n',
  )
})

test('a full file is put aside, and only so many are kept', t => {
  const { log, folder, read } = open(t, { maxBytes: 200, maxFiles: 3 })
  for (let pid = 1; pid <= 20; pid++) log({ type: 'server_stopped', pid, reason: 'x' })
  const files = fs.readdirSync(folder).sort()
  assert.deepEqual(files, ['sparkq.log', 'sparkq.log.1', 'sparkq.log.2'])
  const all = ['sparkq.log.2', 'sparkq.log.1', 'sparkq.log']
    .map(name => fs.readFileSync(path.join(folder, name), 'utf8'))
    .join('')
  const pids = [...all.matchAll(/pid=(\d+)/g)].map(match => Number(match[1]))
  // The latest ones, without a gap.
  assert.deepEqual(
    pids,
    pids.map((_, i) => 20 - pids.length + 1 + i),
  )
  for (const name of files) assert.ok(fs.statSync(path.join(folder, name)).size <= 200)
  assert.match(read(), /pid=20 reason=x\n$/)
})

test('the log is its user’s alone, even where it was not', t => {
  const { log, folder } = open(t)
  fs.mkdirSync(folder)
  fs.writeFileSync(logFilePath(folder), '', { mode: 0o644 })
  log({ type: 'purged', tasks: 3 })
  assert.equal(mode(logFilePath(folder)), '600')
  fs.rmSync(folder, { recursive: true })
  log({ type: 'purged', tasks: 3 })
  assert.deepEqual([mode(folder), mode(logFilePath(folder))], ['700', '600'])
})

test('a log that cannot be written is complained of once', t => {
  const { log, folder, complaints } = open(t)
  fs.writeFileSync(folder, 'a file where the folder should be')
  log({ type: 'purged', tasks: 1 })
  log({ type: 'purged', tasks: 2 })
  assert.equal(complaints.length, 1)
  assert.match(complaints[0] ?? '', /^The log cannot be written: /)
})

test('refusals are counted from a time on, in files put aside too', t => {
  const { folder } = open(t)
  const line = (at: string, count: number) => `${at} warning request.refused reason=host count=${count}\n`
  fs.mkdirSync(folder)
  assert.equal(countRefused(folder, '2026-01-31'), 0)
  fs.writeFileSync(
    `${logFilePath(folder)}.1`,
    line('2026-01-30T23:59:59.999Z', 100) + line('2026-01-31T00:00:00.000Z', 2),
  )
  fs.writeFileSync(
    logFilePath(folder),
    `${line('2026-01-31T10:00:00.000Z', 3)}2026-01-31T11:00:00.000Z info server.stopped pid=1 reason="count=5"\n`,
  )
  assert.equal(countRefused(folder, '2026-01-31T00:00:00.000Z'), 5)
})
