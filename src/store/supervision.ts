import type { ProcessIdentity } from '../contract/attempts.ts'
import type { Database } from './database.ts'

/** On which lanes the server keeps runners, beside those that say so themselves: all, or those of these sessions. */
export type Scope = { all: boolean; session_ids: string[] }
export type StoredSupervision = { process: ProcessIdentity; scope: Scope; started_at: string }

export function supervisionTable({ sql }: Database) {
  return {
    get: (): StoredSupervision | undefined => {
      const row = sql('SELECT process, scope, started_at FROM supervision').get()
      return (
        row && {
          process: JSON.parse(String(row.process)),
          scope: JSON.parse(String(row.scope)),
          started_at: String(row.started_at),
        }
      )
    },

    set: ({ process, scope, started_at }: StoredSupervision) =>
      sql('INSERT OR REPLACE INTO supervision (one, process, scope, started_at) VALUES (1, ?, ?, ?)').run(
        JSON.stringify(process),
        JSON.stringify(scope),
        started_at,
      ),

    forget: () => sql('DELETE FROM supervision').run(),
  }
}
