import fs from 'node:fs'
import path from 'node:path'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { SparkqError, unusable } from '../contract/errors.ts'
import { migrations } from './migrations.ts'

export type Row = Record<string, SQLInputValue>
export type Database = {
  /** Prepares once per text; the statement is kept. */
  sql(text: string): StatementSync
  /** Runs `work` in one immediate transaction: all of it, or nothing. `work` must not await. */
  transaction<T>(work: () => T): T
  /** Changes whenever another connection commits. */
  dataVersion(): number
  close(): void
  path: string
}

/** `SPKQ`: how `file` and doctors tell our database from others. */
const applicationId = 0x53504b51

/** How long a writer waits for another one. The event loop stands still meanwhile, so write transactions stay short. */
const busyTimeoutMs = 5000

/**
 * Opens the database, making and migrating it as needed.
 * @throws unusable when the file cannot be opened or written, is not ours, or comes from a newer SparkQ
 */
export function openDatabase(file: string, steps = migrations): Database {
  const db = guard(file, () => {
    makePrivate(path.dirname(file))
    // SQLite gives -wal and -shm the mode that the database has when they are made.
    fs.closeSync(fs.openSync(file, 'a', 0o600))
    const opened = new DatabaseSync(file, { timeout: busyTimeoutMs, enableForeignKeyConstraints: true })
    // SQLite's own lower() knows ASCII alone.
    opened.function('fold', { deterministic: true }, text => String(text ?? '').toLowerCase())
    return opened
  })
  try {
    guard(file, () => {
      refuseStrange(db, file, steps.length)
      useWal(db)
      migrate(db, file, steps)
    })
  } catch (error) {
    db.close()
    throw error
  }
  return wrap(db, file)
}

function wrap(db: DatabaseSync, file: string): Database {
  const statements = new Map<string, StatementSync>()
  let depth = 0

  const sql = (text: string): StatementSync => {
    let statement = statements.get(text)
    if (!statement) {
      statement = db.prepare(text)
      statements.set(text, statement)
    }
    return statement
  }

  return {
    path: file,
    sql,
    transaction: work => {
      if (depth > 0) return work()
      return guard(file, () => {
        sql('BEGIN IMMEDIATE').run()
        depth = 1
        try {
          const result = work()
          sql('COMMIT').run()
          return result
        } catch (error) {
          // A failed COMMIT or a full disk may have rolled back already.
          if (db.isTransaction) sql('ROLLBACK').run()
          throw error
        } finally {
          depth = 0
        }
      })
    },
    dataVersion: () => (sql('PRAGMA data_version').get() as { data_version: number }).data_version,
    close: () => db.close(),
  }
}

function migrate(db: DatabaseSync, file: string, steps: readonly string[]): void {
  const version = readVersion(db)
  if (version === steps.length) return
  if (version > 0) keepCopy(db, file, version)
  db.exec('BEGIN IMMEDIATE')
  try {
    // Another process may have migrated while this one waited for the lock.
    for (const step of steps.slice(readVersion(db))) db.exec(step)
    db.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${steps.length}`)
    db.exec('COMMIT')
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK')
    throw error
  }
}

/** Reads in one transaction: another process may be making this database just now. */
function refuseStrange(db: DatabaseSync, file: string, known: number): void {
  db.exec('BEGIN')
  const version = readVersion(db)
  const { application_id } = db.prepare('PRAGMA application_id').get() as { application_id: number }
  const { n } = db.prepare("SELECT count(*) AS n FROM sqlite_schema WHERE type = 'table'").get() as {
    n: number
  }
  db.exec('COMMIT')
  if (application_id !== applicationId && (version > 0 || n > 0)) {
    throw unusable(`${file} is a database, but not one of SparkQ. Set another database.path in sparkq.yml.`)
  }
  if (version > known) {
    throw unusable(
      `${file} was written by a newer SparkQ (its database version is ${version}, this one knows ${known}).`,
      'npm install -g sparkq@latest',
    )
  }
}

/** SQLite does not wait for its lock when the journal changes: the busy timeout is not for this. */
function useWal(db: DatabaseSync): void {
  const deadline = performance.now() + busyTimeoutMs
  for (;;) {
    try {
      db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
      return
    } catch (error) {
      if ((error as { errcode?: number }).errcode !== 5 || performance.now() > deadline) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    }
  }
}

/** `VACUUM INTO` copies what is committed, whoever else writes meanwhile; copying the files would not. */
function keepCopy(db: DatabaseSync, file: string, version: number): void {
  const copy = `${file}.v${version}.bak`
  const making = `${copy}.${process.pid}.tmp`
  fs.rmSync(making, { force: true })
  db.prepare('VACUUM INTO ?').run(making)
  fs.chmodSync(making, 0o600)
  if (readVersion(db) === version) fs.renameSync(making, copy)
  else fs.rmSync(making)
}

function readVersion(db: DatabaseSync): number {
  return (db.prepare('PRAGMA user_version').get() as { user_version: number }).user_version
}

/** Makes a folder and those above it. One by one: below /proc, Node's own recursive mkdir never returns. */
function makePrivate(folder: string): void {
  if (fs.existsSync(folder)) return
  makePrivate(path.dirname(folder))
  try {
    fs.mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    if (!fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw error
  }
}

/** Turns what SQLite and the file system say about a place we cannot work in into a sentence. */
function guard<T>(file: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw explain(file, error)
  }
}

function explain(file: string, error: unknown): unknown {
  if (error instanceof SparkqError || !(error instanceof Error)) return error
  const { code, errcode } = error as Error & { code?: string; errcode?: number }
  if (
    code === 'EACCES' ||
    code === 'EPERM' ||
    code === 'EROFS' ||
    code === 'ENOENT' ||
    code === 'ENOTDIR' ||
    code === 'EEXIST'
  ) {
    return unusable(
      `${path.dirname(file)} cannot be written (${code}).`,
      `ls -ld ${path.dirname(file)}`,
      error,
    )
  }
  if (code === 'EISDIR') return unusable(`${file} cannot be opened: it is a folder.`, undefined, error)
  const noSpace = () =>
    new SparkqError('no_space', 'The disk is full: nothing was changed.', {
      hint: `df -h ${path.dirname(file)}`,
      cause: error,
    })
  if (code === 'ENOSPC') return noSpace()
  // Extended codes carry the primary code in their low byte: https://sqlite.org/rescode.html
  switch (errcode === undefined ? undefined : errcode & 0xff) {
    case 5:
      return new SparkqError(
        'busy',
        `${file} has been locked by another process for ${busyTimeoutMs / 1000} s.`,
        { hint: `fuser -v ${file}`, cause: error },
      )
    case 8:
      return unusable(`${file} is read-only.`, `ls -l ${file}`, error)
    case 13:
      return noSpace()
    case 14:
      return unusable(`${file} cannot be opened.`, `ls -ld ${path.dirname(file)}`, error)
    case 11:
    case 26:
      return unusable(`${file} is damaged, or not a SQLite database.`, undefined, error)
    default:
      return error
  }
}
