import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { watchChanges } from '../../src/store/changes.ts'
import { openStore } from '../../src/store/store.ts'
import { allEvents } from '../conformance/history.ts'
import { type OpenProject, openProject } from '../support/project.ts'
import { spawnNode } from '../support/spawn.ts'
import { waitFor } from '../support/wait.ts'

/** A lane with queued tasks, made at once: 2,000 calls would take most of the test's time. */
async function fill({ core, project }: OpenProject, count: number): Promise<void> {
  await core.createSession({ name: 'auth' })
  const { queue } = await core.createQueue({ session_id: 'auth', name: 'auth' })
  const store = openStore(project.database)
  store.transaction(() => {
    const at = '2026-03-01T12:00:00.000Z'
    for (let n = 1; n <= count; n++) {
      const friendly_id = `AUTH-${store.queues.nextNumber(queue.id)}`
      store.tasks.insert({
        id: `tsk_${n}`,
        friendly_id,
        queue_id: queue.id,
        tool_name: 'run-bash',
        task_class: 'FAST_SCRIPT',
        payload: '{"command":"true"}',
        timeout: 600,
        max_attempts: 1,
        not_before: null,
        requeued_from: null,
        idempotency_key: null,
        now: at,
      })
      store.audit.append({
        at,
        event: 'task.enqueued',
        actor: 'test',
        task_id: `tsk_${n}`,
        to_status: 'queued',
      })
    }
  })
  store.close()
}

const numberOf = (friendly: string) => Number(friendly.split('-')[1])
const ascending = (numbers: number[]) => numbers.every((n, at) => at === 0 || n > (numbers[at - 1] as number))

test('four processes claim 2,000 tasks: each task once, in order, and nobody is locked out', async t => {
  const project = openProject(t)
  await fill(project, 2000)
  const args = [project.project.configFile, 'auth']
  const claimers = [1, 2, 3, 4].map(() => spawnNode(t, 'fixtures/core/claimer.ts', args))
  for (const claimer of claimers) await waitFor('it is ready', () => claimer.lines.includes('ready'))
  for (const claimer of claimers) claimer.say('go')
  for (const claimer of claimers) await claimer.ended

  const claimed = claimers.map(claimer => claimer.lines.slice(1).map(numberOf))
  const all = claimed.flat()
  assert.deepEqual([all.length, new Set(all).size], [2000, 2000])
  for (const own of claimed) assert.ok(ascending(own), 'each process claims in the order of the lane')
  assert.ok(claimed.filter(own => own.length > 0).length > 1, 'more than one process got work')

  const events = await allEvents(project.core)
  const claims = events.filter(it => it.event === 'task.claimed').map(it => Number(it.task_id?.slice(4)))
  assert.ok(ascending(claims), 'all together claim in the order of the lane')
  const { counts } = (await project.core.getQueue({ id: 'auth' })).queue
  assert.deepEqual(counts, { queued: 0, running: 0, succeeded: 2000, failed: 0 })
})

test('a commit by another process is noticed, each of them, within moments', async t => {
  const { project } = openProject(t)
  const store = openStore(project.database)
  const committer = spawnNode(t, 'fixtures/core/committer.ts', [project.database])
  await waitFor('it is ready', () => committer.lines.includes('ready'))
  let seen: string | undefined
  let wake = () => {}
  const stop = watchChanges(store, () => {
    seen = store.meta.get('line')
    wake()
  })
  for (let n = 0; n < 20; n++) {
    const noticed = new Promise<void>(resolve => {
      wake = resolve
    })
    committer.say(String(n))
    while (seen !== String(n))
      await Promise.race([noticed, waitFor(`${n} is seen`, () => seen === String(n))])
  }
  stop()
  store.close()
  committer.say('end')
  await committer.ended
})

test('while nothing happens, nothing is told; and what is stopped tells nothing', async t => {
  const { project } = openProject(t)
  const [store, other] = [openStore(project.database), openStore(project.database)]
  let told = 0
  const stop = watchChanges(store, () => told++)
  store.meta.set('a', 'our own commits are not told')
  other.meta.set('a', 'b')
  await waitFor('the other’s commit is told', () => told === 1)
  stop()
  other.meta.set('a', 'c')
  const again = watchChanges(store, () => told++)
  other.meta.set('a', 'd')
  await waitFor('the next commit is told', () => told > 1)
  assert.equal(told, 2)
  again()
  store.close()
  other.close()
})

async function killRound(t: TestContext, { core, project }: OpenProject, atLeast: number): Promise<void> {
  const writer = spawnNode(t, 'fixtures/core/enqueuer.ts', [project.configFile, 'auth'])
  await waitFor('it has enqueued some', () => writer.lines.length >= atLeast)
  writer.kill('SIGKILL')
  await writer.ended
  for (const id of writer.lines) assert.equal((await core.getTask({ id })).task.status, 'queued')
  const db = new DatabaseSync(project.database)
  assert.equal(db.prepare('PRAGMA integrity_check').get()?.integrity_check, 'ok')
  assert.deepEqual(db.prepare('PRAGMA foreign_key_check').all(), [])
  db.close()
}

test('a writer that is killed loses nothing that it was told is there', async t => {
  const project = openProject(t, { disk: true })
  await project.core.createSession({ name: 'auth' })
  await project.core.createQueue({ session_id: 'auth', name: 'auth' })
  for (const atLeast of [1, 7, 40, 150]) await killRound(t, project, atLeast)
  const { counts } = (await project.core.getQueue({ id: 'auth' })).queue
  const { tasks } = await project.core.listTasks({ limit: 1 })
  assert.equal(
    numberOf(tasks[0]?.friendly_id ?? ''),
    counts.queued,
    'no number was lost with a half-done enqueue',
  )
})

test('the only process that had the database open may be killed too', async t => {
  const project = openProject(t, { disk: true })
  await project.core.createSession({ name: 'auth' })
  await project.core.createQueue({ session_id: 'auth', name: 'auth' })
  project.core.close()
  const writer = spawnNode(t, 'fixtures/core/enqueuer.ts', [project.project.configFile, 'auth'])
  await waitFor('it has enqueued some', () => writer.lines.length >= 30)
  writer.kill('SIGKILL')
  await writer.ended
  const core = project.again()
  for (const id of writer.lines) assert.equal((await core.getTask({ id })).task.status, 'queued')
})
