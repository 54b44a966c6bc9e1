import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { waitFor } from '../support/wait.ts'
import { type Site, site } from './run-cli.ts'

const backups = 4
const lines = 3000
const whole = Array.from({ length: lines }, (_, i) => `${i + 1}\n`).join('')

test('a backup made while runners, server, purge and others work is whole and consistent', async t => {
  const at = await site(t, { 'sparkq.yml': 'server: {port: 0, host: 127.0.0.1}\nlimits: {min_free_mb: 0}\n' })
  await at.core.createQueue({ session_id: 'default', name: 'other' })
  const started = await at.sparkq(['start', '--all'])
  assert.equal(started.code, 0, started.stderr)
  const work = keepBusy(at)
  try {
    await waitFor('some are done', async () => (await at.core.getStats()).tasks.succeeded > 3, 60_000)
    for (let i = 0; i < backups; i++) {
      const { code, stderr } = await at.sparkq(['backup', `copy-${i}`])
      assert.equal(code, 0, stderr)
    }
  } finally {
    await work.stop()
    await at.sparkq(['stop', '--now'])
  }
  assert.ok(work.purged() > 0, 'tasks were deleted meanwhile')
  let finished = 0
  for (let i = 0; i < backups; i++) finished += await verify(at, `copy-${i}`)
  assert.ok(finished > 0)
})

/** Queues and purges until it is stopped. */
function keepBusy({ core }: Site) {
  let going = true
  let purged = 0
  const payload = { command: `seq 1 ${lines}` }
  const enqueue = async () => {
    while (going) {
      const { queues } = await core.listQueues()
      for (const { id, counts } of queues) {
        if (counts.queued < 5) await core.createTask({ queue_id: id, tool_name: 'run-bash', payload })
      }
      await new Promise(setImmediate)
    }
  }
  const purge = async () => {
    while (going) {
      const { tasks } = await core.listTasks({ status: 'succeeded' })
      if (tasks.length > 8) {
        for (const { id } of tasks.slice(4)) await core.deleteTask({ id })
        purged += tasks.length - 4
      }
      await new Promise(setImmediate)
    }
  }
  const all = Promise.all([enqueue(), purge()])
  return {
    purged: () => purged,
    stop: async () => {
      going = false
      await all
    },
  }
}

/** @returns how many of its tasks are finished */
async function verify(at: Site, name: string): Promise<number> {
  const copy = path.join(at.folder, name)
  agreesWithLog(path.join(copy, 'sparkq.db'))
  const folder = path.join(path.dirname(at.folder), name)
  fs.mkdirSync(folder)
  const restored = await at.sparkq(['restore', copy, '--yes'], { in: path.relative(at.folder, folder) })
  assert.equal(restored.code, 0, restored.stderr)
  const doctor = await at.sparkq(['doctor', '--full', '--json'], { in: path.relative(at.folder, folder) })
  const { checks } = JSON.parse(doctor.stdout) as { checks: { check: string; state: string; says: string }[] }
  for (const check of ['database', 'integrity', 'counts', 'tasks', 'output', 'runners'])
    assert.equal(checks.find(it => it.check === check)?.state, 'ok', JSON.stringify(checks))
  const db = new DatabaseSync(path.join(folder, 'sparkq/data/sparkq.db'))
  const done = db.prepare(`SELECT id, attempt FROM tasks WHERE status = 'succeeded'`).all()
  db.close()
  for (const { id, attempt } of done) {
    const file = path.join(folder, 'sparkq/logs/tasks', String(id), `${attempt}.out`)
    assert.equal(fs.readFileSync(file, 'utf8'), whole, `${name}: ${id}`)
  }
  return done.length
}

/** Each task is where its last event took it, and there are as many as were queued and not deleted. */
function agreesWithLog(file: string): void {
  const db = new DatabaseSync(file, { readOnly: true })
  try {
    const astray = db
      .prepare(
        `SELECT t.friendly_id, t.status, (SELECT to_status FROM audit_log a WHERE a.task_id = t.id AND to_status IS NOT NULL
           ORDER BY seq DESC LIMIT 1) AS last FROM tasks t`,
      )
      .all()
      .filter(it => it.status !== (it.last ?? 'queued'))
    assert.deepEqual(astray, [])
    const count = (event: string) =>
      Number(db.prepare('SELECT count(*) AS n FROM audit_log WHERE event = ?').get(event)?.n)
    const tasks = Number(db.prepare('SELECT count(*) AS n FROM tasks').get()?.n)
    assert.equal(tasks, count('task.enqueued') - count('task.deleted'))
  } finally {
    db.close()
  }
}
