import fs from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { openCore } from '../src/connect.ts'
import { serverLockPath } from '../src/server/places.ts'
import { checkHistory } from '../test/conformance/history.ts'
import { waitFor } from '../test/support/wait.ts'
import { checkAttempt } from './attempt-check.ts'
import { type Journal, readJournal } from './journal.ts'
import type { Ledger } from './ledger.ts'
import { findPrey } from './prey.ts'
import type { Site } from './site.ts'

export type TaskRow = {
  id: string
  friendly_id: string
  lane: string
  status: string
  tool_name: string
  payload: string
  attempts: number
  max_attempts: number
  idempotency_key: string | null
  requeued_from: string | null
  error_type: string | null
}
export type AttemptRow = {
  task_id: string
  number: number
  runner_id: string | null
  outcome: string | null
  error_type: string | null
  exit_code: number | null
  signal: string | null
}

/** What a round found that must not be; empty when all is well. `seq` of the audit log goes on from where it was. */
export async function check(site: Site, ledger: Ledger, before: { seq: number }) {
  const complaints: string[] = []
  const complain = (what: string): void => void complaints.push(what)
  await checkLeftovers(site, complain)
  const seen = look(site)
  if (seen.integrity !== 'ok') complain(`integrity_check: ${seen.integrity}`)
  if (seen.seq < before.seq) complain(`the audit log ends at ${seen.seq}, and ended at ${before.seq} before`)
  const journal = readJournal(site.journal)
  checkTasks(seen.tasks, seen.attempts, ledger, complain)
  checkLanes(seen.tasks, journal, complain)
  const tasks = new Map(seen.tasks.map(it => [it.id, it]))
  for (const attempt of seen.attempts) {
    const task = tasks.get(attempt.task_id) as TaskRow
    checkAttempt({ site, ledger, journal, complain }, task, attempt)
  }
  await checkAudit(site, complain)
  return { complaints, seq: seen.seq, tasks: seen.tasks.length, attempts: seen.attempts.length }
}

const goneLimitMs = 5_000

async function checkLeftovers(site: Site, complain: (what: string) => void): Promise<void> {
  // A child of a task that was killed may have a moment of sleep left.
  const left = () => findPrey(site.project).map(it => `${it.pid} ${it.role} of ${it.attempt}: ${it.command}`)
  await waitFor('nothing is left', () => left().length === 0, goneLimitMs).catch(() => {
    for (const it of left()) complain(`process left over: ${it}`)
  })
  for (const name of fs.readdirSync(site.locks)) complain(`lock file left: ${name}`)
  if (fs.existsSync(serverLockPath(site.project))) complain('the server’s lock file is left')
}

/** All of the database, from outside. */
function look({ project }: Site) {
  const db = new DatabaseSync(project.database, { readOnly: true, timeout: 5000 })
  try {
    const rows = <T>(sql: string) => db.prepare(sql).all() as T[]
    const [integrity] = rows<{ integrity_check: string }>('PRAGMA integrity_check')
    const [last] = rows<{ seq: number }>('SELECT max(seq) AS seq FROM audit_log')
    return {
      integrity: integrity?.integrity_check,
      seq: last?.seq ?? 0,
      tasks: rows<TaskRow>(
        'SELECT t.*, q.name AS lane FROM tasks t JOIN queues q ON q.id = t.queue_id ORDER BY t.seq',
      ),
      attempts: rows<AttemptRow>('SELECT * FROM attempts ORDER BY task_id, number'),
    }
  } finally {
    db.close()
  }
}

function checkTasks(
  tasks: TaskRow[],
  attempts: AttemptRow[],
  { enqueued, lost, cancelled }: Ledger,
  complain: (what: string) => void,
): void {
  const byId = new Map(tasks.map(it => [it.id, it]))
  for (const [id, key] of enqueued) {
    const task = byId.get(id)
    if (!task) complain(`${id} was acknowledged and is not there`)
    else if ((key ?? null) !== task.idempotency_key) complain(`${id} has lost its key ${key}`)
  }
  const unknown = tasks.filter(it => !enqueued.has(it.id))
  if (unknown.length > lost)
    complain(`${unknown.length} tasks that nobody knows of, and ${lost} answers were lost`)
  for (const task of unknown) if (task.idempotency_key) complain(`${task.friendly_id} is there twice`)
  for (const task of tasks) {
    if (task.status !== 'succeeded' && task.status !== 'failed')
      complain(`${task.friendly_id} is left ${task.status}`)
  }
  for (const { task_id, number } of attempts) {
    const last = cancelled.get(task_id)
    if (last !== undefined && number > (last ?? 0))
      complain(`attempt ${number} of ${byId.get(task_id)?.friendly_id} began after its cancel`)
  }
}

/** One at a time in each lane, in the order in which they were put in. */
function checkLanes(tasks: TaskRow[], journal: Journal, complain: (what: string) => void): void {
  for (const line of journal.beside) complain(line)
  const place = new Map(tasks.map((task, i) => [task.id, { task, i }]))
  const last = new Map<string, { i: number; number: number; name: string }>()
  for (const attempt of journal.started) {
    const [id, number] = attempt.split('/') as [string, string]
    const found = place.get(id)
    if (!found) {
      complain(`${attempt} started, and there is no such task`)
      continue
    }
    const { task, i } = found
    const now = { i, number: Number(number), name: `attempt ${number} of ${task.friendly_id}` }
    const before = last.get(task.lane)
    if (before && (i < before.i || (i === before.i && now.number <= before.number)))
      complain(`${now.name} started after ${before.name}`)
    last.set(task.lane, now)
  }
}

/** The log tells how each task and lane came where it is, step by step. */
async function checkAudit({ project }: Site, complain: (what: string) => void): Promise<void> {
  const core = openCore(project, 'chaos')
  try {
    await checkHistory(core)
  } catch (error) {
    complain((error as Error).message)
  } finally {
    core.close()
  }
}
