import type { Database } from './database.ts'

/** What attempts changed in their git work trees. */
export function patchesTable({ sql }: Database) {
  return {
    insert: (task_id: string, attempt: number, patch: string) =>
      sql('INSERT INTO patches (task_id, attempt, patch) VALUES (?, ?, ?)').run(task_id, attempt, patch),

    get: (task_id: string, attempt: number): string =>
      String(
        sql('SELECT patch FROM patches WHERE task_id = ? AND attempt = ?').get(task_id, attempt)?.patch ?? '',
      ),
  }
}
