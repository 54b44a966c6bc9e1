import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { migrations } from './migrations.ts'
import { type Opened, open, openToLook } from './open.ts'
import { explain, guard } from './trouble.ts'

export type Row = Record<string, SQLInputValue>
export type Database = {
  /** Prepares once per text; the statement is kept. Run it at once: it does not outlive the turn of the event loop. */
  sql(text: string): StatementSync
  /** Runs `work` in one immediate transaction: all of it, or nothing. `work` must not await. */
  transaction<T>(work: () => T): T
  /** Changes whenever another connection commits. */
  dataVersion(): number
  /** What went wrong with the database as a SparkqError; anything else as it is. */
  explain(error: unknown): unknown
  close(): void
  path: string
}

/** How long a database that no other process can use meanwhile is kept open. */
const aloneMs = 20

/**
 * Opens the database, making and migrating it as needed. Where it can only be read, it is opened for that: what would
 * change it is refused then. Where the disk is so full that it cannot be shared, it is held for a moment at a time.
 * @throws unusable when the file cannot be opened, is not ours, or comes from a newer SparkQ
 */
export function openDatabase(file: string, steps = migrations): Database {
  return wrap(file, () => open(file, steps))
}

/** The same for looking: nothing is made, migrated or written. Undefined where there is none of this version. */
export function openDatabaseToLook(file: string, steps = migrations): Database | undefined {
  const opened = openToLook(file, steps.length)
  return opened && wrap(file, () => opened)
}

function wrap(file: string, reopen: () => Opened): Database {
  let opened: Opened | undefined
  const statements = new Map<string, StatementSync>()
  let letGoTimer: NodeJS.Timeout | undefined
  let depth = 0
  let closed = false

  const letGo = (): void => {
    clearTimeout(letGoTimer)
    letGoTimer = undefined
    statements.clear()
    opened?.db.close()
    opened = undefined
  }
  const live = (): DatabaseSync => {
    if (closed) throw new Error('The database is closed.')
    opened ??= reopen()
    if (opened.mode === 'alone') letGoTimer ??= setTimeout(letGo, aloneMs).unref()
    return opened.db
  }
  live()
  const sql = (text: string): StatementSync => {
    const db = live()
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
          if (opened?.db.isTransaction) sql('ROLLBACK').run()
          throw error
        } finally {
          depth = 0
        }
      })
    },
    dataVersion: () => (sql('PRAGMA data_version').get() as { data_version: number }).data_version,
    explain: error => explain(file, error),
    close: () => {
      letGo()
      closed = true
    },
  }
}
