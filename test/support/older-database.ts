import fs from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { openDatabase } from '../../src/store/database.ts'
import { migrations } from '../../src/store/migrations.ts'

/** Puts into the place of a database what it would be if its first version had written it: what is newer is lost. */
export function makeOlder(file: string): void {
  const old = `${file}.older`
  openDatabase(old, migrations.slice(0, 1)).close()
  const db = new DatabaseSync(old)
  db.exec(`PRAGMA foreign_keys = OFF; ATTACH '${file}' AS newer`)
  const names = (sql: string): string[] =>
    db
      .prepare(sql)
      .all()
      .map(row => String(row.name))
  for (const table of names(`SELECT name FROM main.sqlite_schema WHERE type = 'table'`)) {
    const columns = names(`SELECT name FROM pragma_table_info('${table}', 'main')`).join(', ')
    db.exec(`INSERT OR REPLACE INTO main.${table} (${columns}) SELECT ${columns} FROM newer.${table}`)
  }
  db.exec('DETACH newer')
  db.close()
  for (const end of ['', '-wal', '-shm']) fs.rmSync(file + end, { force: true })
  for (const end of ['', '-wal', '-shm']) if (fs.existsSync(old + end)) fs.renameSync(old + end, file + end)
}
