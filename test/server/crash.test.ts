import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import type { Project } from '../../src/config.ts'
import { createHttpClient, type HttpClient } from '../../src/http/client.ts'
import { findServer } from '../../src/server/lock.ts'
import { serverLockPath } from '../../src/server/places.ts'
import { openProject } from '../support/project.ts'
import { mulberry } from '../support/random.ts'
import { type SpawnedNode, spawnNode } from '../support/spawn.ts'
import { waitFor } from '../support/wait.ts'

// (A name with SPARKQ_ in front would not reach the tests.)
const rounds = Number(process.env.CRASH_ROUNDS ?? (process.env.CI ? 20 : 5))
const seed = Number(process.env.CRASH_SEED ?? Date.now() % 1_000_000)
const clients = 8
/** How many answers a server has given at most when it is killed. */
const longestLife = 150
/** Answers come at the end of a call: so long after one the server is anywhere in the next ones. */
const longestSpinMs = 1

/** What was acknowledged: from then on it has to be there. */
type Acknowledged = {
  /** Task ids by idempotency key, by claim key, and the summaries of completed tasks by task id. */
  enqueued: Map<string, string>
  claimed: Map<string, string>
  completed: Map<string, string>
}

test(`a server that is killed under load ${rounds} times has all it acknowledged, once, and starts again at once`, async t => {
  t.diagnostic(`CRASH_SEED=${seed}`)
  const random = mulberry(seed)
  const project = await openLane(t)
  const load = createLoad(t)

  let unanswered = 0
  let server = await start(t, project, 0)
  await untilAnswering(server, project)
  const { address } = findServer(serverLockPath(project)) as { address: string }
  const port = Number(new URL(address).port)
  const working = load.begin(address)
  for (let round = 1; round <= rounds; round++) {
    const place = `round ${round}, CRASH_SEED=${seed}`
    // One in five dies while it starts, the others after some answers, with others on their way.
    if (random() >= 0.2) {
      await untilAnswering(server, project)
      await load.answers(1 + Math.floor(random() * longestLife))
      spin(random() * longestSpinMs)
    }
    server.kill('SIGKILL')
    await server.ended
    server = await start(t, project, port)
    unanswered += check(project, load.acknowledged, place).unanswered
  }
  await untilAnswering(server, project)
  await load.answers(clients)
  load.end()
  await working
  t.diagnostic(`${unanswered} writes were done and not answered when it died`)
  const place = `at the end, CRASH_SEED=${seed}`
  const { statuses, total } = check(project, load.acknowledged, place)
  // Whoever got no answer asked again until there was one: nothing is there that nobody knows of.
  assert.deepEqual([...statuses], ['succeeded'], place)
  assert.equal(total, load.acknowledged.enqueued.size, place)
  server.kill('SIGTERM')
  await server.ended
})

function spin(ms: number): void {
  const until = performance.now() + ms
  while (performance.now() < until);
}

/** A project with a lane `q`. Nobody has its database open, so that each server finds what the last one left. */
async function openLane(t: TestContext): Promise<Project> {
  const { project, core } = openProject(t)
  await core.createSession({ name: 's' })
  await core.createQueue({ session_id: 's', name: 'q' })
  core.close()
  process.env.SPARKQ_CONFIG = project.configFile
  process.env.NODE_COMPILE_CACHE = path.join(import.meta.dirname, '../../node_modules/.cache/compiled')
  return project
}

/** Until it holds the lock, whatever its predecessor left there. */
async function start(t: TestContext, project: Project, port: number): Promise<SpawnedNode> {
  const server = spawnNode(t, 'fixtures/cli/main.ts', ['run', '--host', '127.0.0.1', '--port', String(port)])
  await stage(server, 'it holds the lock', () => holds(server, project))
  return server
}

const untilAnswering = (server: SpawnedNode, project: Project) =>
  stage(server, 'it answers', () => holds(server, project) && findServer(serverLockPath(project))?.address)

/** A server that ends instead fails the test at once, with what it said. */
async function stage(server: SpawnedNode, what: string, look: () => unknown): Promise<void> {
  const ended = server.ended.then(() => {
    throw new Error(`The server ended before ${what}.`)
  })
  await Promise.race([waitFor(what, () => Boolean(look())), ended])
}

function holds({ pid }: SpawnedNode, project: Project): boolean {
  const lock = serverLockPath(project)
  return fs.existsSync(lock) && fs.readFileSync(lock, 'utf8').startsWith(`${pid}\n`)
}

/** Clients that enqueue, claim and complete, one call after the other, and repeat what was not answered. */
function createLoad(t: TestContext) {
  const acknowledged: Acknowledged = { enqueued: new Map(), claimed: new Map(), completed: new Map() }
  let ending = false
  t.after(() => {
    ending = true
  })
  let answered = 0
  let wanted = { count: Number.POSITIVE_INFINITY, reached: () => {} }
  const acknowledge = (kind: keyof Acknowledged, key: string, value: string): void => {
    assert.ok(!acknowledged[kind].has(key), `${key} was ${kind} twice`)
    acknowledged[kind].set(key, value)
    if (++answered >= wanted.count) wanted.reached()
  }

  const work = async (client: HttpClient, name: string): Promise<void> => {
    for (let number = 1; !ending; number++) {
      const key = `${name}-${number}`
      const payload = { command: `echo ${key}` }
      const made = await client.createTask({
        queue_id: 'q',
        tool_name: 'run-bash',
        payload,
        idempotency_key: key,
      })
      acknowledge('enqueued', key, made.task.id)
      const { task } = await client.claimTask({ id: 'q', worker_id: name, claim_key: `claim-${key}` })
      assert.ok(task, 'each client claims no more than it has enqueued')
      acknowledge('claimed', `claim-${key}`, task.id)
      const result_summary = `by ${key}`
      await client.completeTask({ id: task.id, attempt: task.attempt as number, result_summary })
      acknowledge('completed', task.id, result_summary)
    }
  }

  let failed: Promise<never> = new Promise(() => {})
  return {
    acknowledged,
    begin: (url: string): Promise<unknown> => {
      const all = Array.from({ length: clients }, (_, number) => {
        const client = createHttpClient({ url, retry: { pausesMs: Array(1000).fill(20) } })
        t.after(() => client.close())
        return work(client, `client-${number}`)
      })
      const done = Promise.all(all)
      failed = done.then(() => new Promise<never>(() => {}))
      failed.catch(() => {})
      return done
    },
    /** Until so many more calls have been answered. */
    answers: (count: number): Promise<void> =>
      Promise.race([
        failed,
        new Promise<void>(reached => {
          wanted = { count: answered + count, reached }
        }),
      ]),
    end: () => {
      ending = true
    },
  }
}

/** Looks into the database from outside, and closes it again. */
function check({ database }: Project, { enqueued, claimed, completed }: Acknowledged, place: string) {
  const db = new DatabaseSync(database, { readOnly: true, timeout: 5000 })
  const rows = (sql: string) => db.prepare(sql).all() as Record<string, string>[]
  db.exec('BEGIN')
  try {
    assert.deepEqual(Object.values(rows('PRAGMA integrity_check')[0] ?? {}), ['ok'], place)
    assert.deepEqual(rows('PRAGMA foreign_key_check'), [], place)
    const tasks = rows('SELECT id, idempotency_key, status, result_summary FROM tasks')
    const attempts = rows('SELECT claim_key, task_id FROM attempts')
    const byKey = new Map(tasks.map(task => [task.idempotency_key, task.id]))
    for (const [key, id] of enqueued) assert.equal(byKey.get(key), id, `${key}, ${place}`)
    const byClaim = new Map(attempts.map(attempt => [attempt.claim_key, attempt.task_id]))
    for (const [key, id] of claimed) assert.equal(byClaim.get(key), id, `${key}, ${place}`)
    const byId = new Map(tasks.map(task => [task.id, `${task.status} ${task.result_summary}`]))
    for (const [id, summary] of completed) assert.equal(byId.get(id), `succeeded ${summary}`, place)
    for (const [what, sql] of Object.entries(never)) assert.deepEqual(rows(sql), [], `${what}, ${place}`)
    const done = tasks.filter(({ status }) => status === 'succeeded')
    return {
      statuses: new Set(tasks.map(({ status }) => status)),
      total: tasks.length,
      unanswered:
        tasks.length + attempts.length + done.length - enqueued.size - claimed.size - completed.size,
    }
  } finally {
    db.close()
  }
}

/** What must not be found. A task knows what it is by its payload: a key that got lost would hide that it is there twice. */
const never = {
  'enqueued twice': 'SELECT payload, count(*) FROM tasks GROUP BY payload HAVING count(*) > 1',
  'claimed twice': 'SELECT task_id FROM attempts GROUP BY task_id HAVING count(*) > 1',
  'half of a step': `
    SELECT tasks.id, status, group_concat(event ORDER BY audit_log.seq) AS events FROM tasks
    LEFT JOIN audit_log ON task_id = tasks.id GROUP BY tasks.id
    HAVING events IS NOT CASE status WHEN 'queued' THEN 'task.enqueued' WHEN 'running' THEN 'task.enqueued,task.claimed'
      ELSE 'task.enqueued,task.claimed,task.' || status END`,
  'attempt and task differ': `
    SELECT tasks.id FROM tasks LEFT JOIN attempts ON task_id = tasks.id
    WHERE tasks.attempts != (attempts.task_id IS NOT NULL) OR attempts.outcome IS NOT iif(status = 'succeeded', status, NULL)`,
}
