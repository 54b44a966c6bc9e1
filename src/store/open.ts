import fs from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { notFound, unusable } from '../contract/errors.ts'
import { busyTimeoutMs, errcodeOf, guard, noRoomForIndex } from './trouble.ts'

/** `SPKQ`: how `file` and doctors tell our database from others. */
const applicationId = 0x53504b51

/**
 * - `shared`: as ever.
 * - `alone`: the disk is full, and there is no room for the index of the write-ahead log that processes share. It is kept
 *   in memory, which only works as long as nobody else opens the database: others wait.
 * - `read_only`: the file, its folder or its file system cannot be written.
 */
export type Mode = 'shared' | 'alone' | 'read_only'
export type Opened = { db: DatabaseSync; mode: Mode }

/** Opens the database as well as the place allows, making and migrating it as needed. */
export function open(file: string, steps: readonly string[]): Opened {
  return guard(file, () => {
    try {
      return openAs('shared', file, steps)
    } catch (error) {
      const mode = nextBest(file, error)
      if (mode === undefined) throw error
      return openAs(mode, file, steps)
    }
  })
}

/** Long enough for another's commit. */
const lookTimeoutMs = 200

/**
 * Opens the database for looking: nothing is made, migrated or written. Undefined where there is none of `version`.
 *
 * A connection that may only read leaves the files of the log behind when it is the last one to close; one that may
 * write, and is told not to, takes them away again, but would put into the database what a crash left in the log. So a
 * log that is there is left to whoever comes to write.
 */
export function openToLook(file: string, version: number): Opened | undefined {
  if (!fs.existsSync(file)) return undefined
  const isLogged = fs.existsSync(`${file}-wal`)
  const url = pathToFileURL(file)
  url.searchParams.set('mode', isLogged ? 'ro' : 'rw')
  const db = new DatabaseSync(url, { readOnly: isLogged, timeout: lookTimeoutMs })
  try {
    db.exec('PRAGMA query_only = 1')
    addFunctions(db)
    const { application_id } = db.prepare('PRAGMA application_id').get() as { application_id: number }
    if (application_id === applicationId && readVersion(db) === version) return { db, mode: 'read_only' }
  } catch (error) {
    db.close()
    throw error
  }
  db.close()
  return undefined
}

/**
 * Opens a database of any version that is ours, to look at it. What is there to change it is told not to; a full disk or
 * one that is read-only does not keep it from being looked at.
 */
export function openToInspect(file: string): DatabaseSync {
  if (sizeOf(file) === 0) throw notFound(`There is no database at ${file}.`, 'sparkq setup --yes')
  const isLogged = fs.existsSync(`${file}-wal`)
  try {
    return lookInto(
      isLogged ? new DatabaseSync(file, { readOnly: true, timeout: lookTimeoutMs }) : openQuietly(file),
    )
  } catch (error) {
    const mode = nextBest(file, error)
    if (mode === undefined) throw error
    return lookInto(mode === 'alone' ? openAlone(file) : openToRead(file))
  }
}

/** A copy has no log, and nobody else: it is read as a file that does not change, from wherever it lies. */
export function openCopy(file: string): DatabaseSync {
  if (sizeOf(file) === 0) throw unusable(`${file} is empty, or not there.`)
  const url = pathToFileURL(file)
  url.searchParams.set('immutable', '1')
  return lookInto(new DatabaseSync(url, { readOnly: true }))
}

/** The last one to close takes the files of the log away, if it may write at all. */
function openQuietly(file: string): DatabaseSync {
  const url = pathToFileURL(file)
  url.searchParams.set('mode', 'rw')
  return new DatabaseSync(url, { timeout: lookTimeoutMs })
}

function openAlone(file: string): DatabaseSync {
  const db = openQuietly(file)
  db.exec('PRAGMA locking_mode = EXCLUSIVE')
  return db
}

/** @throws unusable for a database of something else */
function lookInto(db: DatabaseSync): DatabaseSync {
  try {
    db.exec('PRAGMA query_only = 1')
    const { application_id } = db.prepare('PRAGMA application_id').get() as { application_id: number }
    if (application_id !== applicationId)
      throw unusable(`${db.location()} is a database, but not one of SparkQ.`)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/** SQLite's own lower() knows ASCII alone. */
function addFunctions(db: DatabaseSync): void {
  db.function('fold', { deterministic: true }, text => String(text ?? '').toLowerCase())
}

function openAs(mode: Mode, file: string, steps: readonly string[]): Opened {
  const db = mode === 'read_only' ? openToRead(file) : openToWrite(file)
  try {
    if (mode === 'alone') db.exec('PRAGMA locking_mode = EXCLUSIVE')
    addFunctions(db)
    refuseStrange(db, file, steps.length)
    if (mode !== 'read_only') useWal(db)
    migrate(db, file, steps)
    return { db, mode }
  } catch (error) {
    db.close()
    throw error
  }
}

/** How a database may be opened that cannot be opened as ever; undefined when in no way. */
function nextBest(file: string, error: unknown): Mode | undefined {
  const errcode = errcodeOf(error)
  if (errcode === noRoomForIndex) return 'alone'
  const { code } = error as NodeJS.ErrnoException
  const isRefused =
    code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || errcode === 14 || errcode === 8
  return isRefused && sizeOf(file) > 0 && isReadable(file) ? 'read_only' : undefined
}

function openToWrite(file: string): DatabaseSync {
  makePrivate(path.dirname(file))
  // SQLite gives -wal and -shm the mode that the database has when they are made.
  fs.closeSync(fs.openSync(file, 'a', 0o600))
  return new DatabaseSync(file, { timeout: busyTimeoutMs, enableForeignKeyConstraints: true })
}

/**
 * SQLite wants to make its files beside a database even to read it. Where it cannot, and nobody has it open (there is no
 * write-ahead log), the file is taken as one that nobody changes: https://sqlite.org/wal.html#read_only_databases
 */
function openToRead(file: string): DatabaseSync {
  const url = pathToFileURL(file)
  if (sizeOf(`${file}-wal`) === 0) url.searchParams.set('immutable', '1')
  return new DatabaseSync(url, { readOnly: true, timeout: busyTimeoutMs })
}

const sizeOf = (file: string): number => fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0

function isReadable(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.R_OK)
    return true
  } catch {
    return false
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

/**
 * Puts into the file `to` what is committed in a database, of whatever version, while others work with it. Not on disk
 * for sure when it returns: SQLite does not sync what VACUUM INTO writes.
 */
export function copyDatabase(file: string, to: string): void {
  const db = openToInspect(file)
  try {
    // Nothing is written to this database; that of the copy would be refused.
    db.exec('PRAGMA query_only = 0')
    db.prepare('VACUUM INTO ?').run(to)
    fs.chmodSync(to, 0o600)
  } finally {
    db.close()
  }
}

/**
 * Brings all that stands in the log into the database file and takes the log away, so that the file alone is all of it.
 * @returns false when another process has it open, in which case nothing is done
 */
export function settleFile(file: string): boolean {
  const db = openQuietly(file)
  try {
    // In this mode the first look waits until nobody else has it open: https://sqlite.org/wal.html#noshm
    db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA wal_checkpoint(TRUNCATE)')
    return true
  } catch (error) {
    if ((errcodeOf(error) ?? 0) % 256 !== 5) throw error
    return false
  } finally {
    db.close()
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
