import type { Override } from '../contract/settings.ts'
import type { Database, Row } from './database.ts'

/** What was put over the file, a value a row. */
export function configTable({ sql }: Database) {
  return {
    list: (): Override[] =>
      (
        sql('SELECT namespace, key, value, updated_at FROM config ORDER BY namespace, key').all() as Row[]
      ).map(toOverride),

    get: (namespace: string, key: string): Override | undefined => {
      const row = sql(
        'SELECT namespace, key, value, updated_at FROM config WHERE namespace = ? AND key = ?',
      ).get(namespace, key)
      return row && toOverride(row as Row)
    },

    set: (namespace: string, key: string, value: unknown, now: string) =>
      sql(
        `INSERT INTO config (namespace, key, value, updated_at) VALUES (:namespace, :key, :value, :now)
         ON CONFLICT DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at`,
      ).run({ namespace, key, value: JSON.stringify(value), now }),

    remove: (namespace: string, key: string) =>
      sql('DELETE FROM config WHERE namespace = ? AND key = ?').run(namespace, key),
  }
}

const toOverride = ({ value, ...row }: Row): Override =>
  ({ ...row, value: JSON.parse(String(value)) }) as unknown as Override
