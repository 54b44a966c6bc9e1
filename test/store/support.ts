import path from 'node:path'
import { type Database, openDatabase } from '../../src/store/database.ts'
import { type Cleaner, tempFolder } from '../support/folder.ts'
import { spawnNode } from '../support/spawn.ts'
import { waitFor } from '../support/wait.ts'

/** A fresh database, closed when the test ends. */
export function freshDatabase(t: Cleaner): Database {
  const dbs: Database[] = []
  t.after(() => {
    for (const db of dbs) db.close()
  })
  dbs.push(openDatabase(path.join(tempFolder(t), 'sparkq.db')))
  return dbs[0] as Database
}

const now = '2026-03-01T12:00:00.000Z'

/** A project, a session and a queue, `que_1`. */
export function fillProject({ sql }: Database): void {
  sql(`INSERT INTO projects VALUES ('prj_1', 'p', '/', NULL, '${now}', '${now}')`).run()
  sql(
    `INSERT INTO sessions (id, project_id, name, name_key, status, created_at, updated_at)
     VALUES ('ses_1', 'prj_1', 's', 's', 'active', '${now}', '${now}')`,
  ).run()
  addQueue({ sql } as Database, 'que_1')
}

export function addQueue({ sql }: Database, id: string, more: Record<string, string | null> = {}): void {
  insert({ sql } as Database, 'queues', {
    id,
    session_id: 'ses_1',
    name: id,
    name_key: id,
    task_prefix: id,
    status: 'active',
    created_at: now,
    updated_at: now,
    ...more,
  })
}

export type Values = Record<string, string | number | null>

/** A task that may stand in the table as it is: queued, unless the values say otherwise. */
export function addTask(db: Database, values: Values): void {
  insert(db, 'tasks', {
    id: `tsk_${values.friendly_id ?? 'A-1'}`,
    friendly_id: 'A-1',
    queue_id: 'que_1',
    position: 1,
    tool_name: 'run-bash',
    task_class: 'FAST_SCRIPT',
    payload: '{}',
    status: 'queued',
    timeout: 60,
    created_at: now,
    updated_at: now,
    ...values,
  })
}

function insert({ sql }: Database, table: string, values: Values): void {
  const columns = Object.keys(values)
  sql(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(it => `:${it}`).join(', ')})`).run(
    values,
  )
}

export const running: Values = { status: 'running', claimed_at: now, attempt: 1 }
export const succeeded: Values = {
  status: 'succeeded',
  finished_at: now,
  review: 'unreviewed',
  result_summary: 'Done.',
}
export const failed: Values = {
  status: 'failed',
  finished_at: now,
  review: 'unreviewed',
  error_type: 'timeout',
}

/** Four processes open each of the files, all of them at the same moment. */
export async function openAtOnce(t: Cleaner, files: string[], steps?: readonly string[]): Promise<void> {
  const args = steps ? [JSON.stringify(steps)] : []
  const openers = [1, 2, 3, 4].map(() => spawnNode(t, 'fixtures/core/opener.ts', args))
  const all = (line: string) =>
    waitFor(`all said ${line}`, async () => {
      // One that has failed says nothing more: its own words are the failure.
      for (const { child, ended } of openers) if (child.exitCode !== null) await ended
      return openers.every(({ lines }) => lines.includes(line))
    })
  try {
    await all('ready')
    for (const file of files) {
      // Far enough ahead that all of them are told in time.
      const moment = performance.timeOrigin + performance.now() + 10
      for (const opener of openers) opener.say(`${moment} ${file}`)
      await all(file)
    }
  } finally {
    for (const { child, say } of openers) if (child.exitCode === null) say('end')
    await Promise.allSettled(openers.map(({ ended }) => ended))
  }
}
