import { attemptsTable } from './attempts.ts'
import { auditLog } from './audit.ts'
import { configTable } from './config.ts'
import { conversationsTable } from './conversations.ts'
import { type Database, openDatabase, openDatabaseToLook } from './database.ts'
import { notificationsTable } from './notifications.ts'
import { patchesTable } from './patches.ts'
import { metaTable, projectsTable } from './projects.ts'
import { promptsTable } from './prompts.ts'
import { providersTable } from './providers.ts'
import { questionsTable } from './questions.ts'
import { queuesTable } from './queues.ts'
import { reviewTables } from './review.ts'
import { runnersTable } from './runners.ts'
import { sessionsTable } from './sessions.ts'
import { spendingTable } from './spending.ts'
import { statsTables } from './stats.ts'
import { supervisionTable } from './supervision.ts'
import { tasksTable } from './tasks.ts'
import { toolsTable } from './tools.ts'

export type Store = ReturnType<typeof tables> &
  Pick<Database, 'transaction' | 'dataVersion' | 'explain' | 'close' | 'path'>

/** Opens the database file with everything that may be asked of it. */
export function openStore(file: string): Store {
  return storeOf(openDatabase(file))
}

/** The same for looking only; undefined where there is no database of this version. */
export function openStoreToLook(file: string): Store | undefined {
  const db = openDatabaseToLook(file)
  return db && storeOf(db)
}

function storeOf(db: Database): Store {
  return {
    ...tables(db),
    transaction: db.transaction,
    dataVersion: db.dataVersion,
    explain: db.explain,
    close: db.close,
    path: db.path,
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
    questions: questionsTable(db),
    runners: runnersTable(db),
    providers: providersTable(db),
    conversations: conversationsTable(db),
    spending: spendingTable(db),
    patches: patchesTable(db),
    supervision: supervisionTable(db),
    review: reviewTables(db),
    stats: statsTables(db),
    tools: toolsTable(db),
    config: configTable(db),
    prompts: promptsTable(db),
    audit: auditLog(db),
    notifications: notificationsTable(db),
  }
}
