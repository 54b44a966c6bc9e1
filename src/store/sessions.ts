import type { Session, SessionStatus } from '../contract/sessions.ts'
import type { Database, Row } from './database.ts'
import { keyset, type Listing, toCounts } from './listing.ts'

export type NewSession = {
  id: string
  project_id: string
  name: string
  name_key: string
  instructions: string | null
  now: string
}

const columns = `s.*, (SELECT count(*) FROM queues q WHERE q.session_id = s.id AND q.status <> 'archived') AS queue_count`

export function sessionsTable({ sql }: Database) {
  return {
    insert: (session: NewSession) =>
      sql(
        `INSERT INTO sessions (id, project_id, name, name_key, instructions, status, created_at, updated_at)
         VALUES (:id, :project_id, :name, :name_key, :instructions, 'active', :now, :now)`,
      ).run(session),

    find: (idOrKey: string): Session | undefined => {
      const row = sql(`SELECT ${columns} FROM sessions s WHERE s.id = :it OR s.name_key = :it`).get({
        it: idOrKey,
      })
      return row && toSession(row as Row)
    },

    list: ({
      status,
      limit,
      before,
    }: Listing & { status?: SessionStatus | undefined }): { rows: Session[]; last: number } => {
      const rows = sql(
        `SELECT ${columns} FROM sessions s
         WHERE s.seq < :before AND (:status IS NULL OR s.status = :status) ORDER BY s.seq DESC LIMIT :limit`,
      ).all({ before, status: status ?? null, limit }) as Row[]
      return keyset(rows, toSession)
    },

    update: (
      id: string,
      change: { name: string; name_key: string; instructions: string | null; now: string },
    ) =>
      sql(
        `UPDATE sessions SET name = :name, name_key = :name_key, instructions = :instructions, updated_at = :now
         WHERE id = :id`,
      ).run({ id, ...change }),

    /** @returns whether it was active */
    end: (id: string, now: string): boolean =>
      sql(
        `UPDATE sessions SET status = 'ended', ended_at = :now, updated_at = :now WHERE id = :id AND status = 'active'`,
      ).run({ id, now }).changes === 1,

    countByStatus: (): Record<string, number> =>
      toCounts(sql('SELECT status, count(*) AS count FROM sessions GROUP BY status').all() as Row[]),

    remove: (id: string) => sql('DELETE FROM sessions WHERE id = ?').run(id),
  }
}

function toSession(row: Row): Session {
  const { seq, project_id, name_key, ...session } = row
  return session as unknown as Session
}
