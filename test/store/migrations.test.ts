import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { openDatabase } from '../../src/store/database.ts'
import { migrations } from '../../src/store/migrations.ts'
import { openStore } from '../../src/store/store.ts'
import { type Cleaner, tempFolder } from '../support/folder.ts'
import { refused } from '../support/refused.ts'
import { openAtOnce } from './support.ts'

const first = 'CREATE TABLE fruits (name TEXT) STRICT'
const second = 'ALTER TABLE fruits ADD COLUMN colour TEXT; CREATE TABLE nuts (name TEXT) STRICT'
const third = 'CREATE TABLE seeds (name TEXT) STRICT'

/** A database at the first step, with one row. */
function old(t: Cleaner): string {
  const file = path.join(tempFolder(t), 'x.db')
  const db = openDatabase(file, [first])
  db.sql(`INSERT INTO fruits VALUES ('apple')`).run()
  db.close()
  return file
}

function look(file: string): { version: unknown; tables: string[] } {
  const db = new DatabaseSync(file, { readOnly: true })
  const version = db.prepare('PRAGMA user_version').get()?.user_version
  const tables = db.prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`).all()
  db.close()
  return { version, tables: tables.map(row => String(row.name)) }
}

test('an older database is brought up to date, step by step, and a copy of it is kept', t => {
  const file = old(t)
  const db = openDatabase(file, [first, second, third])
  assert.deepEqual({ ...db.sql('SELECT * FROM fruits').get() }, { name: 'apple', colour: null })
  db.close()
  assert.deepEqual(look(file), { version: 3, tables: ['fruits', 'nuts', 'seeds'] })
  assert.deepEqual(look(`${file}.v1.bak`), { version: 1, tables: ['fruits'] })
  assert.equal(fs.statSync(`${file}.v1.bak`).mode & 0o777, 0o600)
})

test('a fresh database and one that is up to date leave no copy', t => {
  const file = old(t)
  openDatabase(file, [first]).close()
  assert.deepEqual(
    fs.readdirSync(path.dirname(file)).filter(name => name.includes('bak')),
    [],
  )
})

test('a migration that fails half-way changes nothing, and can be done again', async t => {
  const file = old(t)
  assert.throws(() => openDatabase(file, [first, second, 'CREATE TABLE fruits (again TEXT)']), /fruits/)
  assert.deepEqual(look(file), { version: 1, tables: ['fruits'] })
  openDatabase(file, [first, second, third]).close()
  assert.equal(look(file).version, 3)
})

test('a copy that was cut off is not taken for a copy', t => {
  const file = old(t)
  fs.writeFileSync(`${file}.v1.bak`, '')
  openDatabase(file, [first, second]).close()
  const kept = fs.readdirSync(path.dirname(file)).filter(name => name.includes('.v1'))
  assert.ok(
    kept.some(name => look(path.join(path.dirname(file), name)).tables.includes('fruits')),
    kept.join(),
  )
})

test('a database of a newer SparkQ is refused, and left as it is', async t => {
  const file = old(t)
  openDatabase(file, [first, second]).close()
  const before = fs.readFileSync(file)
  const error = await refused(
    () => openDatabase(file, [first]),
    'unusable',
    /newer SparkQ.*version is 2.*knows 1/,
  )
  assert.match(error.hint ?? '', /sparkq@latest/)
  assert.deepEqual(fs.readFileSync(file), before)
})

for (const version of [0, 1]) {
  test(`a database of another program is refused, whatever its version (${version}), and left as it is`, async t => {
    const file = path.join(tempFolder(t), 'x.db')
    const theirs = new DatabaseSync(file)
    theirs.exec(`CREATE TABLE theirs (a TEXT); PRAGMA user_version = ${version}`)
    theirs.close()
    const before = fs.readFileSync(file)
    await refused(() => openDatabase(file, [first]), 'unusable', /not one of SparkQ/)
    assert.deepEqual(fs.readFileSync(file), before)
  })
}

test('four processes may migrate the same database at once', async t => {
  const files = Array.from({ length: 15 }, () => old(t))
  await openAtOnce(t, files, [first, second, third])
  for (const file of files) {
    assert.equal(look(file).version, 3)
    assert.equal(look(`${file}.v1.bak`).version, 1)
  }
})

test('the steps that ship make a database that is whole', t => {
  const file = path.join(tempFolder(t), 'x.db')
  const db = openDatabase(file, migrations)
  assert.equal(db.sql('PRAGMA integrity_check').get()?.integrity_check, 'ok')
  assert.deepEqual(db.sql('PRAGMA foreign_key_check').all(), [])
  const loose = db
    .sql(
      `SELECT name FROM pragma_table_list WHERE type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite_%'`,
    )
    .all()
  assert.deepEqual(loose, [], 'every table is STRICT')
  db.close()
})

test('a project of the first version keeps its lanes, tasks and runners', t => {
  const file = path.join(tempFolder(t), 'x.db')
  const db = openDatabase(file, migrations.slice(0, 1))
  const at = '2026-01-31T22:14:03.120Z'
  const rows = [
    `INSERT INTO projects VALUES ('prj_1', 'p', '/p', NULL, '${at}', '${at}')`,
    `INSERT INTO sessions VALUES (1, 'ses_1', 'prj_1', 's', 's', NULL, 'active', '${at}', '${at}', NULL)`,
    `INSERT INTO queues (id, session_id, name, name_key, task_prefix, status, created_at, updated_at)
       VALUES ('que_1', 'ses_1', 'auth', 'auth', 'AUTH', 'active', '${at}', '${at}')`,
    `INSERT INTO tasks (id, friendly_id, queue_id, position, tool_name, task_class, payload, status, timeout, created_at,
       updated_at) VALUES ('tsk_1', 'AUTH-1', 'que_1', 1, 'run-bash', 'X', '{}', 'queued', 5, '${at}', '${at}')`,
    `INSERT INTO runners (queue_id, id, worker_id, mode, process, started_at, heartbeat_at)
       VALUES ('que_1', 'run_1', 'w', 'watch', '{}', '${at}', '${at}')`,
  ]
  for (const row of rows) db.sql(row).run()
  db.close()

  const store = openStore(file)
  const queue = store.queues.find('que_1')
  const runner = store.runners.ofQueue('que_1')
  assert.deepEqual([queue?.name, queue?.counts.queued, queue?.runner_wanted], ['auth', 1, null])
  assert.deepEqual([store.tasks.get('tsk_1')?.timeout, store.tasks.get('tsk_1')?.stalled_at], [5, null])
  assert.deepEqual([runner?.worker_id, runner?.supervisor, runner?.done], ['w', null, 0])
  store.close()
})
