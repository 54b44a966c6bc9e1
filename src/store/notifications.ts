import type { Database } from './database.ts'

/** `kind` is what of and in which way: `task_failed/desktop`. */
export type Told = { kind: string; at: string; error: string | null }

/** What the person was told, by the sequence of the event that it was about. */
export function notificationsTable({ sql }: Database) {
  return {
    /** @returns whether it was nobody's yet */
    insert: (row: { seq: number; kind: string; at: string }): boolean =>
      sql('INSERT OR IGNORE INTO notifications (seq, kind, at) VALUES (:seq, :kind, :at)').run(row)
        .changes === 1,

    fail: (row: { seq: number; kind: string; at: string; error: string }) =>
      sql(
        `INSERT INTO notifications (seq, kind, at, error) VALUES (:seq, :kind, :at, :error)
         ON CONFLICT DO UPDATE SET error = excluded.error`,
      ).run(row),

    /** Forgets what was about events up to `seq`. */
    trim: (seq: number) => sql('DELETE FROM notifications WHERE seq <= ?').run(seq),

    /** The newest one; of those about the same event, one that failed. */
    last: (): Told | undefined =>
      sql('SELECT kind, at, error FROM notifications ORDER BY seq DESC, error IS NULL, kind LIMIT 1').get() as
        | Told
        | undefined,
  }
}
