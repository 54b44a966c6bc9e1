import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { describe, test } from 'node:test'
import type { Runner } from '../../src/contract/runners.ts'
import { identify } from '../../src/processes/identity.ts'
import type { Running } from '../cli/run-cli.ts'
import { logOf, type ServerSite, serverSite } from '../server/support.ts'
import { waitFor } from '../support/wait.ts'

type Test = Parameters<typeof serverSite>[0]

/** A project with the lanes `a` and `b` (and `default`). */
async function twoLanes(t: Test): Promise<ServerSite> {
  const at = await serverSite(t)
  for (const name of ['a', 'b']) await at.core.createQueue({ session_id: 'default', name })
  return at
}

const runnerOf = async ({ core }: ServerSite, lane: string): Promise<Runner | undefined> =>
  (await core.listRunners()).runners.find(it => it.queue.name === lane && !it.lost)

const appears = (at: ServerSite, lane: string, isWanted: (runner: Runner) => boolean = () => true) =>
  waitFor(`a runner works ${lane}`, async () => {
    const runner = await runnerOf(at, lane)
    return runner && isWanted(runner) ? runner : undefined
  })

const add = async ({ core }: ServerSite, lane: string, command: string) =>
  (await core.createTask({ queue_id: lane, tool_name: 'run-bash', payload: { command } })).task

const becomes = (at: ServerSite, id: string, status: string) =>
  waitFor(`${id} is ${status}`, async () => {
    const { task } = await at.core.getTask({ id })
    return task.status === status && task
  })

/** Runs until the file `go` is there. */
const untilGo = 'until [ -e go ]; do sleep 0.02; done'
const go = ({ folder }: ServerSite) => fs.writeFileSync(path.join(folder, 'go'), '')

async function endsWith(running: Running, code: number): Promise<string> {
  const result = await running.ended
  assert.equal(result.code, code, result.stderr)
  return result.stdout + result.stderr
}

async function kill(pid: number): Promise<void> {
  process.kill(pid, 'SIGKILL')
  await waitFor('it is gone', () => identify(pid) === null)
}

describe('the runners that a server keeps', { concurrency: 3 }, () => {
  test('start --all works every active lane, and those that come later or are resumed', async t => {
    const at = await twoLanes(t)
    await at.core.pauseQueue({ id: 'b' })
    const started = await at.sparkq(['start', '--all'])
    assert.match(started.stdout, /\nIt works every active lane\.\n/)
    const { task } = await at.core.createTask({
      queue_id: 'a',
      payload: { command: 'true' },
      tool_name: 'run-bash',
    })
    await becomes(at, task.id, 'succeeded')
    assert.equal(await runnerOf(at, 'b'), undefined)
    await at.core.resumeQueue({ id: 'b' })
    await at.core.createQueue({ session_id: 'default', name: 'later' })
    for (const lane of ['b', 'later']) await appears(at, lane)
    const status = await at.sparkq(['status'])
    assert.match(status.stdout, /\n {2}works {5}every active lane\n/)
    assert.match(status.stdout, / a · waits for work · 1 done · worker-\S+, process \d+ since \d\d:\d\d\n/)
    await at.core.endQueue({ id: 'later' })
    await waitFor('its runner goes', async () => !(await runnerOf(at, 'later')))
    await at.sparkq(['stop'])
    assert.deepEqual((await at.core.listRunners()).runners, [])
  })

  test('a runner that dies is started again, and takes up its task; the log and status say so', async t => {
    const at = await twoLanes(t)
    await at.sparkq(['start', '-q', 'a'])
    const { id, friendly_id } = await add(at, 'a', `echo begun; ${untilGo}; echo done`)
    await waitFor('it is started', async () => (await at.core.getTask({ id })).task.started_at)
    const first = await appears(at, 'a', it => it.task_id === id)
    await kill(first.process.pid)
    const next = await appears(at, 'a', it => it.id !== first.id && it.task_id === id)
    assert.deepEqual([next.supervisor?.pid, next.done], [(await at.running()).process.pid, 0])
    go(at)
    const ended = await becomes(at, id, 'succeeded')
    assert.equal(ended.attempt, 1)
    assert.ok((await at.core.listEvents({ event: 'runner.died' })).events.length > 0)
    assert.equal((await at.sparkq(['logs', friendly_id])).stdout, 'begun\ndone\n')
    assert.match(logOf(at), / error runner\.died lane=a pid=\d+ how=SIGKILL deaths=1 restart_at=/)
    await at.sparkq(['stop'])
  })

  test('status says that a runner died, and when it comes back', async t => {
    const at = await twoLanes(t)
    const restart_at = new Date(Date.now() + 50_000).toISOString()
    await at.core.noteRunnerDeath({ id: 'a', exit_code: 1, signal: null, deaths: 6, restart_at })
    const { stdout } = await at.sparkq(['status'])
    assert.match(stdout, /\n {2}runners {3}a · died 6 times in a row, is started again in \d+ s\n/)
  })

  test('stop --queue lets the task end, keeps the lane without a runner, and start --queue brings one back', async t => {
    const at = await twoLanes(t)
    await at.sparkq(['start', '--all'])
    const { id, friendly_id } = await add(at, 'a', untilGo)
    await add(at, 'a', 'true')
    await appears(at, 'a', it => it.task_id === id)
    const stopped = await at.sparkq(['stop', '-q', 'a'])
    assert.match(stopped.stdout, new RegExp(`^The runner of "a" goes when ${friendly_id} has ended`))
    go(at)
    await becomes(at, id, 'succeeded')
    await waitFor('the runner goes', async () => !(await runnerOf(at, 'a')))
    assert.equal((await at.core.getQueue({ id: 'a' })).queue.counts.queued, 1)
    assert.match((await at.sparkq(['status'])).stdout, /works {5}every active lane but a\n/)
    const again = await at.sparkq(['start', '-q', 'a'])
    assert.match(again.stdout, /^SparkQ runs already .*\nIt works every active lane\.\n/)
    await becomes(at, 'A-2', 'succeeded')
    await at.sparkq(['stop'])
  })

  test('stop --queue --now cancels the task first, and proves that nothing of it is left', async t => {
    const at = await twoLanes(t)
    await at.sparkq(['start', '-q', 'a'])
    const { id } = await add(at, 'a', 'sleep 300 & sleep 300')
    await appears(at, 'a', it => it.task_id === id)
    await waitFor('it is started', async () => (await at.core.getTask({ id })).task.started_at)
    const stopped = await at.sparkq(['stop', '-q', 'a', '--now'])
    assert.match(stopped.stdout, /^Stopped the runner of "a" \(process \d+\)\.\n✗ A-1 {2}failed · cancelled/)
    const [attempt] = (await at.core.listAttempts({ id })).attempts
    assert.equal(attempt?.error_type, 'cancelled')
    assert.ok((attempt?.stop?.stopped ?? 0) >= 2)
    assert.deepEqual(attempt?.stop?.survivors, [])
    await at.sparkq(['stop'])
  })

  test('stop leaves tasks running, which the next server takes up; stop --now cancels them', async t => {
    const at = await twoLanes(t)
    await at.sparkq(['start', '--all'])
    const { id } = await add(at, 'a', untilGo)
    await appears(at, 'a', it => it.task_id === id)
    const stopped = await at.sparkq(['stop'])
    assert.match(stopped.stderr, /A-1 goes on; the next runner of its lane takes it up\./)
    assert.equal((await at.core.getTask({ id })).task.status, 'running')
    await at.sparkq(['start', '--as-before'])
    await appears(at, 'a', it => it.task_id === id)
    const now = await at.sparkq(['stop', '--now'])
    assert.match(now.stdout, /^Stopped the server \(process \d+\)\.\n✗ A-1 {2}failed · cancelled/)
  })

  test('runners outlive a server that is killed, and make room for those of the next one', async t => {
    const at = await twoLanes(t)
    await at.sparkq(['start', '--all'])
    const left = await appears(at, 'a')
    await kill((await at.running()).process.pid)
    const { id } = await add(at, 'a', 'true')
    await becomes(at, id, 'succeeded')
    await at.sparkq(['start', '--all'])
    const own = await appears(at, 'a', it => it.id !== left.id)
    assert.equal(own.supervisor?.pid, (await at.running()).process.pid)
    await waitFor('the old one is gone', () => identify(left.process.pid) === null)
    await at.sparkq(['stop'])
  })

  test('stop ends the runners that a killed server has left, too', async t => {
    const at = await twoLanes(t)
    await at.sparkq(['start', '-q', 'a'])
    const left = await appears(at, 'a')
    await kill((await at.running()).process.pid)
    const stopped = await at.sparkq(['stop'])
    assert.match(stopped.stdout, /^Stopped the runner of "a" \(process \d+\), which no server kept\.\n$/)
    assert.equal(identify(left.process.pid), null)
    assert.equal((await at.sparkq(['stop'])).stdout, 'No server runs.\n')
  })

  test('a runner that somebody started by hand keeps its lane; the server’s waits for its end', async t => {
    const at = await twoLanes(t)
    const mine = at.start(['runner', '-q', 'a', '--watch'])
    const holder = await appears(at, 'a')
    await at.sparkq(['start', '--all'])
    await waitFor('the log says so', () => / runner\.lane_held lane=a pid=\d+ /.test(logOf(at)))
    assert.equal((await runnerOf(at, 'a'))?.id, holder.id)
    mine.child.kill('SIGINT')
    await endsWith(mine, 130)
    await appears(at, 'a', it => it.supervisor !== null)
    await at.sparkq(['stop'])
  })

  test('restart works the same lanes, and leaves alone the one that was stopped', async t => {
    const at = await twoLanes(t)
    await at.sparkq(['start', '--session', 'default'])
    await appears(at, 'b')
    await at.sparkq(['stop', '-q', 'b'])
    const restarted = await at.sparkq(['restart'])
    assert.match(restarted.stdout, /\nIt works the lanes of default\.\n/)
    await appears(at, 'a')
    assert.equal(await runnerOf(at, 'b'), undefined)
    await at.sparkq(['stop'])
  })

  test('what cannot be worked is refused before anything is started', async t => {
    const at = await twoLanes(t)
    await at.core.createQueue({ session_id: 'default', name: 'plan', status: 'planned' })
    const cases: [string[], number, RegExp][] = [
      [['start', '-q', 'nosuch'], 3, /^There is no queue "nosuch"/],
      [['start', '-q', 'plan'], 4, /^Queue "plan" is planned.*\n {2}sparkq queue activate plan\n/],
      [['run', '--session', 'nosuch'], 3, /^There is no session "nosuch"/],
      [['start', '--interactive'], 2, /^Nobody is there to say which lanes\./],
      [['start', '--interactive', '--all'], 2, /leave the other options out/],
      [['runner', '--all', '--once'], 2, /^--once is for one lane/],
      [['runner', '--all', '-q', 'a'], 2, /^--queue is for one lane/],
      [['runner', '--session', 'nosuch'], 3, /^There is no session/],
    ]
    for (const [words, code, said] of cases) {
      const result = await at.sparkq(words)
      assert.equal(result.code, code, `${words.join(' ')}: ${result.stderr}`)
      assert.match(result.stderr, said)
    }
    assert.ok(!fs.existsSync(at.lockFile))
  })
})

describe('the runners that a server keeps, when one thing follows close on another', {
  concurrency: 3,
}, () => {
  test('a lane that is stopped before its runner has begun gets none', async t => {
    const at = await twoLanes(t)
    await at.sparkq(['start', '-q', 'b'])
    await appears(at, 'b')
    await at.core.setRunnerWanted({ id: 'a', wanted: 'on' })
    await at.core.setRunnerWanted({ id: 'a', wanted: 'off' })
    // What was begun meanwhile has to end: the log has as many starts as ends of it.
    const counts = () => {
      const of = (what: string) => logOf(at).split(` runner.${what} lane=a `).length - 1
      return { started: of('started'), ended: of('ended') }
    }
    await at.core.setRunnerWanted({ id: 'b', wanted: 'off' })
    await waitFor('the runner of b goes', async () => !(await runnerOf(at, 'b')))
    await waitFor('that of a, if there was one, has gone', () => counts().started === counts().ended)
    assert.equal(await runnerOf(at, 'a'), undefined)
    await at.sparkq(['stop'])
  })

  test('stop --now leaves nothing running in a lane of short tasks', async t => {
    const at = await twoLanes(t)
    await at.sparkq(['start', '-q', 'a'])
    for (let i = 0; i < 60; i++) await add(at, 'a', 'sleep 0.05')
    await becomes(at, 'A-3', 'succeeded')
    const stopped = await at.sparkq(['stop', '--now'])
    assert.equal(stopped.code, 0, stopped.stderr)
    assert.equal((await at.core.getStats()).tasks.running, 0)
  })

  test('a task whose runner died in a paused lane is taken up all the same', async t => {
    const at = await twoLanes(t)
    await at.sparkq(['start', '-q', 'a'])
    const { id } = await add(at, 'a', untilGo)
    const next = await add(at, 'a', 'true')
    await waitFor('it is started', async () => (await at.core.getTask({ id })).task.started_at)
    await at.core.pauseQueue({ id: 'a' })
    await kill((await appears(at, 'a')).process.pid)
    go(at)
    await becomes(at, id, 'succeeded')
    assert.equal((await at.core.getTask({ id: next.id })).task.status, 'queued')
    await at.sparkq(['stop'])
  })

  test('a task whose runner died in a lane that was stopped is taken up, and no other', async t => {
    const at = await twoLanes(t)
    await at.sparkq(['start', '-q', 'a'])
    const { id } = await add(at, 'a', untilGo)
    const next = await add(at, 'a', 'true')
    await waitFor('it is started', async () => (await at.core.getTask({ id })).task.started_at)
    const runner = await appears(at, 'a')
    await at.sparkq(['stop', '-q', 'a'])
    await kill(runner.process.pid)
    go(at)
    await becomes(at, id, 'succeeded')
    await waitFor('its runner goes', async () => !(await runnerOf(at, 'a')))
    assert.equal((await at.core.getTask({ id: next.id })).task.status, 'queued')
    await at.sparkq(['stop'])
  })

  test('a runner whose supervisor died after a server had seen it makes room for the server’s', async t => {
    const at = await twoLanes(t)
    const terminal = at.start(['runner', '--all'])
    const left = await appears(at, 'a')
    await at.sparkq(['start', '--all'])
    await waitFor('the log says so', () => / runner\.lane_held lane=a pid=\d+ /.test(logOf(at)))
    terminal.child.kill('SIGKILL')
    await terminal.ended
    const own = await appears(at, 'a', it => it.id !== left.id)
    assert.equal(own.supervisor?.pid, (await at.running()).process.pid)
    await at.sparkq(['stop'])
    for (const lane of ['a', 'b', 'default']) assert.equal(await runnerOf(at, lane), undefined)
  })

  test('start says what it does not do: where the server is stays, and a paused lane is not worked', async t => {
    const at = await twoLanes(t)
    await at.sparkq(['start'])
    await at.core.pauseQueue({ id: 'a', reason: 'Lunch.' })
    const again = await at.sparkq(['start', '-q', 'a', '--port', '1'])
    assert.match(again.stderr, /^It stays where it is\.\n {2}sparkq restart --port 1 /)
    assert.match(
      again.stderr,
      /"a" is paused \(Lunch\): nothing is claimed from it\.\n {2}sparkq queue resume a /,
    )
    assert.equal((await at.sparkq(['start', '--port', '0'])).stderr.includes('stays where'), false)
    await at.sparkq(['stop'])
  })
})

describe('runner --all', () => {
  test('works all lanes in one terminal, says what happens in which, and leaves tasks running', async t => {
    const at = await twoLanes(t)
    const supervisor = at.start(['runner', '--all'])
    await add(at, 'a', 'echo from-a')
    await becomes(at, 'A-1', 'succeeded')
    const { id } = await add(at, 'b', 'sleep 300')
    const runner = await appears(at, 'b', it => it.task_id === id)
    await kill(runner.process.pid)
    await appears(at, 'b', it => it.id !== runner.id && it.task_id === id)
    supervisor.child.kill('SIGINT')
    const said = await endsWith(supervisor, 130)
    assert.match(said, /✓ A-1 {2}succeeded · .*from-a/)
    assert.match(said, /b: the runner \(process \d+\) died: SIGKILL; it is started again /)
    assert.match(said, /B-1 goes on without this runner/)
    assert.deepEqual((await at.core.listRunners()).runners, [])
    await at.core.cancelTask({ id })
  })
})
