import { attemptsTable } from './attempts.ts'
import { auditLog } from './audit.ts'
import { type Database, openDatabase } from './database.ts'
import { notificationsTable } from './notifications.ts'
import { metaTable, projectsTable } from './projects.ts'
import { queuesTable } from './queues.ts'
import { runnersTable } from './runners.ts'
import { sessionsTable } from './sessions.ts'
import { supervisionTable } from './supervision.ts'
import { tasksTable } from './tasks.ts'
import { toolsTable } from './tools.ts'

export type Store = ReturnType<typeof tables> &
  Pick<Database, 'transaction' | 'dataVersion' | 'explain' | 'close' | 'path'>

/** Opens the database file with everything that may be asked of it. */
export function openStore(file: string): Store {
  const db = openDatabase(file)
  return {
    ...tables(db),
    transaction: db.transaction,
    dataVersion: db.dataVersion,
    explain: db.explain,
    close: db.close,
    path: file,
  }
}

function tables(db: Database) {
  return {
    meta: metaTable(db),
    projects: projectsTable(db),
    sessions: sessionsTable(db),
    queues: queuesTable(db),
    tasks: tasksTable(db),
    attempts: attemptsTable(db),
    runners: runnersTable(db),
    supervision: supervisionTable(db),
    tools: toolsTable(db),
    audit: auditLog(db),
    notifications: notificationsTable(db),
  }
}
