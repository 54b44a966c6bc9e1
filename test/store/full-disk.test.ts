import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { type Database, openDatabase } from '../../src/store/database.ts'
import { refused } from '../support/refused.ts'
import { smallDisk } from '../support/small-disk.ts'
import { waitFor } from '../support/wait.ts'

const set = 'INSERT INTO meta VALUES (?, ?)'
const count = (db: Database): number => (db.sql('SELECT count(*) AS n FROM meta').get() as { n: number }).n

test('on a full disk the database can be read, by one after the other, and written when there is room again', async t => {
  const disk = smallDisk(t, 4)
  if (!disk) return
  const file = path.join(disk.folder, 'sparkq.db')
  const made = openDatabase(file)
  made.transaction(() => made.sql(set).run('a', '1'))
  made.close()
  disk.fill()

  const first = openDatabase(file)
  // Nobody can share it now: each holds it for a moment. Whoever has it open last removes the log.
  const letGo = () => waitFor('it is let go', () => !fs.existsSync(`${file}-wal`))
  await letGo()
  const second = openDatabase(file)
  await letGo()
  assert.equal(count(first), 1)
  await letGo()
  assert.equal(count(second), 1)
  await refused(() => second.transaction(() => second.sql(set).run('b', 'x'.repeat(100_000))), 'no_space')
  await letGo()
  assert.equal(count(first), 1)

  disk.makeRoom()
  await letGo()
  second.transaction(() => second.sql(set).run('b', 'x'.repeat(100_000)))
  assert.equal(count(first), 2)
  second.transaction(() => second.sql(set).run('c', ''))
  assert.equal(count(first), 3)
  first.close()
  second.close()
})

test('what a full disk refuses is refused whole, and works when there is room', async t => {
  const disk = smallDisk(t, 4)
  if (!disk) return
  const db = openDatabase(path.join(disk.folder, 'sparkq.db'))
  disk.fill()
  const write = (key: string) =>
    db.transaction(() => {
      db.sql(set).run(`${key}1`, 'x'.repeat(500_000))
      db.sql(set).run(`${key}2`, 'x'.repeat(500_000))
    })
  const error = await refused(() => write('a'), 'no_space', /^The disk is full: nothing was changed\.$/)
  assert.match(error.hint ?? '', /df -h/)
  assert.equal(count(db), 0)
  disk.makeRoom()
  write('b')
  assert.equal(count(db), 2)
  db.close()
})

for (const { what, crash } of [
  { what: 'that was closed', crash: false },
  { what: 'that a crash left', crash: true },
]) {
  test(`a read-only file system: a database ${what} can be read, and says that it cannot be written`, async t => {
    const disk = smallDisk(t, 4)
    if (!disk) return
    const file = path.join(disk.folder, 'sparkq.db')
    const made = openDatabase(file)
    made.transaction(() => made.sql(set).run('a', '1'))
    if (crash) {
      // What a process leaves that is killed: the database as it was, and all of the write-ahead log.
      for (const part of ['', '-wal', '-shm']) fs.copyFileSync(`${file}${part}`, `${file}2${part}`)
    }
    made.close()
    disk.readOnly(true)
    const db = openDatabase(crash ? `${file}2` : file)
    assert.equal(count(db), 1)
    await refused(
      () => db.transaction(() => db.sql(set).run('b', '')),
      'unusable',
      /is read-only: nothing was/,
    )
    db.close()
    disk.readOnly(false)
    const again = openDatabase(crash ? `${file}2` : file)
    again.transaction(() => again.sql(set).run('b', ''))
    assert.equal(count(again), 2)
    again.close()
  })
}
