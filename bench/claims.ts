import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type Ground, type Grounds, lane } from './ground.ts'
import { inTurns, timed } from './measure.ts'
import type { Outcome } from './report.ts'

const rounds = 7
const perRound = 100

/** A claim and a completion: two transactions, through the Api and as bare statements. */
export async function claims({ folder, empty, full }: Grounds): Promise<Outcome> {
  const bare = openBare(path.join(folder, 'bare.db'))
  const samples = await inTurns(rounds, {
    floor: () => bare.measure(),
    empty: () => measure(empty),
    full: () => measure(full),
  })
  bare.close()
  return {
    title: 'Claim and complete a task, in process',
    floorName: 'node:sqlite, two bare UPDATEs',
    ...samples,
  }
}

async function measure({ core }: Ground): Promise<number> {
  for (let i = 0; i < perRound; i++) {
    await core.createTask({ queue_id: lane, tool_name: 'run-bash', payload: { command: 'true' } })
  }
  return timed(async () => {
    for (let i = 0; i < perRound; i++) {
      const { task } = await core.claimTask({ id: lane, worker_id: 'worker-bench' })
      if (!task) throw new Error('There was nothing to claim.')
      await core.completeTask({ id: task.id, result_summary: 'done' })
    }
  }, perRound)
}

/** The least that a queue in SQLite can do, with the same promise of durability. */
function openBare(file: string) {
  const db = new DatabaseSync(file)
  db.exec(`
    PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
    CREATE TABLE tasks (seq INTEGER PRIMARY KEY AUTOINCREMENT, queue_id TEXT NOT NULL, status TEXT NOT NULL,
      payload TEXT NOT NULL, worker_id TEXT, claimed_at TEXT, finished_at TEXT, result_summary TEXT) STRICT;
    CREATE INDEX tasks_queued ON tasks (queue_id, seq) WHERE status = 'queued'`)
  const insert = db.prepare(`INSERT INTO tasks (queue_id, status, payload) VALUES (?, 'queued', ?)`)
  const claim = db.prepare(`
    UPDATE tasks SET status = 'running', worker_id = ?, claimed_at = ? WHERE seq =
      (SELECT seq FROM tasks WHERE queue_id = ? AND status = 'queued' ORDER BY seq LIMIT 1) RETURNING *`)
  const complete = db.prepare(`
    UPDATE tasks SET status = 'succeeded', finished_at = ?, result_summary = ? WHERE seq = ? AND status = 'running'`)
  const now = () => new Date().toISOString()
  return {
    measure(): Promise<number> {
      for (let i = 0; i < perRound; i++) insert.run(lane, '{"command":"true"}')
      return timed(() => {
        for (let i = 0; i < perRound; i++) {
          const task = claim.get('worker-bench', now(), lane)
          complete.run(now(), 'done', Number(task?.seq))
        }
      }, perRound)
    },
    close: () => db.close(),
  }
}
