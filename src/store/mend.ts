import { openDatabase } from './database.ts'

/** Counts the tasks of every queue again, in one transaction. */
export function recountQueues(file: string): void {
  const db = openDatabase(file)
  try {
    db.transaction(() => {
      db.sql('DELETE FROM queue_counts').run()
      db.sql(`INSERT INTO queue_counts SELECT queue_id, status, count(*) FROM tasks
              WHERE queue_id IN (SELECT id FROM queues) GROUP BY queue_id, status`).run()
    })
  } finally {
    db.close()
  }
}

/** Makes every index anew from its table. */
export function rebuildIndexes(file: string): void {
  const db = openDatabase(file)
  try {
    db.transaction(() => db.sql('REINDEX').run())
  } finally {
    db.close()
  }
}
