import assert from 'node:assert/strict'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { bootId, self } from '../../src/processes/identity.ts'
import { findServer, takeServerLock } from '../../src/server/lock.ts'
import { tempFolder } from '../support/folder.ts'
import { refused } from '../support/refused.ts'

const about = { asked: { host: null, port: null }, host: '127.0.0.1', access: 'local' }
const alone = <T>(work: () => T): T => work()
const lockIn = (t: TestContext) => path.join(tempFolder(t), 'sparkq.lock')
const take = (file: string) => takeServerLock(file, about, alone)

/** A lock file as a server of this identity leaves it. */
function leave(file: string, owner: Partial<ReturnType<typeof self>>): void {
  const { pid, start_time, boot_id, hostname } = { ...self(), ...owner }
  const lines = [
    pid,
    start_time,
    boot_id,
    'http://127.0.0.1:1',
    hostname,
    '2026-01-01T00:00:00.000Z',
    JSON.stringify(about),
  ]
  fs.writeFileSync(file, `${lines.join('\n')}\n`)
}

test('the lock tells people and programs who holds it, and where it answers once it does', t => {
  const file = lockIn(t)
  const lock = take(file)
  const lines = () => fs.readFileSync(file, 'utf8').split('\n')
  const { pid, start_time, boot_id } = self()
  assert.deepEqual(lines().slice(0, 5), [String(pid), start_time, boot_id, '', os.hostname()])
  assert.equal(findServer(file)?.address, null)
  lock.publish({ address: 'http://127.0.0.1:5005' })
  assert.equal(lines()[3], 'http://127.0.0.1:5005')
  assert.equal(findServer(file)?.address, 'http://127.0.0.1:5005')
  assert.equal((fs.statSync(file).mode & 0o777).toString(8), '600')
  lock.release()
  lock.release()
  assert.deepEqual(fs.readdirSync(path.dirname(file)), [])
})

test('a second one is refused, and told who holds it', async t => {
  const file = lockIn(t)
  const lock = take(file)
  const error = await refused(() => take(file), 'conflict', /process \d+, about to start, since /)
  assert.equal(error.hint, 'sparkq status\nsparkq stop')
  lock.publish({ address: 'http://127.0.0.1:5005' })
  await refused(() => take(file), 'conflict', new RegExp(`process ${process.pid} at http://127.0.0.1:5005,`))
  lock.release()
})

for (const [what, owner] of [
  ['whose pid another process has by now', { start_time: '1' }],
  ['from before a reboot', { boot_id: 'another boot' }],
  ['whose process is gone', { pid: 2 ** 22 + 1 }],
] as const) {
  test(`a lock ${what} holds nothing`, t => {
    const file = lockIn(t)
    leave(file, owner)
    assert.equal(findServer(file), undefined)
    const lock = take(file)
    assert.equal(findServer(file)?.process.pid, process.pid)
    lock.release()
  })
}

for (const text of [
  '',
  '\n',
  'hello\n',
  '12',
  `${process.pid}\n`,
  `${process.pid}\n1\n2\n3\n4\n5\n{`,
  '\0\0\0',
]) {
  test(`a file that is no lock holds nothing: ${JSON.stringify(text)}`, t => {
    const file = lockIn(t)
    fs.writeFileSync(file, text)
    assert.equal(findServer(file), undefined)
    take(file).release()
  })
}

test('a holder on another machine counts as long as it gives signs of life', async t => {
  const file = lockIn(t)
  leave(file, { hostname: 'elsewhere', boot_id: 'elsewhere' })
  await refused(() => take(file), 'conflict', / on elsewhere at /)
  const silentSince = new Date(Date.now() - 150_000)
  fs.utimesSync(file, silentSince, silentSince)
  const lock = take(file)
  fs.utimesSync(file, silentSince, silentSince)
  lock.beat()
  assert.ok(Date.now() - fs.statSync(file).mtimeMs < 60_000)
  lock.release()
})

test('a lock that somebody else took over is left to them', t => {
  const file = lockIn(t)
  const lock = take(file)
  leave(file, { boot_id: bootId(), start_time: '1' })
  lock.beat()
  lock.release()
  assert.ok(fs.existsSync(file))
})

test('a folder that cannot be written is said to be so', async t => {
  const file = path.join(tempFolder(t), 'gone', 'sparkq.lock')
  await refused(() => take(file), 'unusable', /sparkq\.lock cannot be written \(ENOENT\)/)
})
