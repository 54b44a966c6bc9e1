import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { openDatabase } from '../../src/store/database.ts'
import { openStore } from '../../src/store/store.ts'
import { tempFolder } from '../support/folder.ts'
import { refused } from '../support/refused.ts'
import { freshDatabase, openAtOnce } from './support.ts'

test('what is committed is on disk, references hold, and a writer waits its turn', t => {
  const { sql } = freshDatabase(t)
  const pragma = (name: string) => Object.values(sql(`PRAGMA ${name}`).get() ?? {})[0]
  assert.deepEqual(
    ['journal_mode', 'synchronous', 'foreign_keys', 'busy_timeout', 'application_id'].map(pragma),
    ['wal', 2, 1, 5000, 0x53504b51],
  )
})

test('a transaction is done whole, or not at all', t => {
  const db = freshDatabase(t)
  const meta = (key: string) => db.sql('SELECT value FROM meta WHERE key = ?').get(key)
  const set = (key: string) => db.sql('INSERT INTO meta VALUES (?, 1)').run(key)
  assert.throws(
    () =>
      db.transaction(() => {
        set('a')
        db.transaction(() => set('b'))
        throw new Error('no')
      }),
    /no/,
  )
  assert.deepEqual([meta('a'), meta('b')], [undefined, undefined])
  assert.equal(
    db.transaction(() => {
      set('c')
      return 'result'
    }),
    'result',
  )
  assert.ok(meta('c'))
})

test('folder and files are the user’s alone, in a folder that is not too', t => {
  const folder = tempFolder(t)
  fs.chmodSync(folder, 0o755)
  const modes = (...names: string[]) => names.map(name => fs.statSync(path.join(folder, name)).mode & 0o777)
  const inside = openStore(path.join(folder, 'data/sparkq.db'))
  const beside = openStore(path.join(folder, 'sparkq.db'))
  beside.meta.set('a', 'b')
  assert.deepEqual(modes('data', 'data/sparkq.db'), [0o700, 0o600])
  assert.deepEqual(modes('sparkq.db', 'sparkq.db-wal', 'sparkq.db-shm'), [0o600, 0o600, 0o600])
  inside.close()
  beside.close()
})

const places: [string, (folder: string) => string, RegExp][] = [
  [
    'is no database',
    folder => {
      fs.writeFileSync(path.join(folder, 'x.db'), 'hello '.repeat(1000))
      return path.join(folder, 'x.db')
    },
    /not a SQLite database/,
  ],
  ['is a folder', folder => folder, /cannot be opened/],
  [
    'lies under a file',
    folder => {
      fs.writeFileSync(path.join(folder, 'file'), '')
      return path.join(folder, 'file/x.db')
    },
    /cannot be written/,
  ],
]
for (const [what, make, words] of places) {
  test(`a file that ${what} is refused in words`, async t => {
    const file = make(tempFolder(t))
    await refused(() => openDatabase(file), 'unusable', words)
  })
}

test('a database that someone keeps locked is refused in words', { timeout: 30_000 }, async t => {
  const db = freshDatabase(t)
  const other = new DatabaseSync(db.path)
  other.exec('BEGIN IMMEDIATE')
  await refused(() => db.transaction(() => {}), 'busy', /locked by another process for 5 s/)
  other.exec('ROLLBACK')
  other.close()
  assert.equal(
    db.transaction(() => 'works'),
    'works',
  )
})

test('four processes may make the same database at once', async t => {
  const folder = tempFolder(t)
  await openAtOnce(
    t,
    Array.from({ length: 25 }, (_, n) => path.join(folder, `${n}/sparkq.db`)),
  )
})
