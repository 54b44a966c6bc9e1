import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Task } from '../../src/contract/tasks.ts'
import { createHttpClient } from '../../src/http/client.ts'
import { runLane } from '../../src/runner/lane.ts'
import type { RunnerEvent } from '../../src/runner/report.ts'
import { serve } from '../http/serve.ts'
import { tempFolder } from '../support/folder.ts'
import { spawnNode } from '../support/spawn.ts'
import { waitFor } from '../support/wait.ts'
import { type Lane, openLane } from './support.ts'

type Test = Parameters<typeof openLane>[0]

// The poll is longer than any wait of these tests: whoever goes on was woken.
const openWith = (t: Test, max: number) =>
  openLane(t, `limits: {max_running: ${max}, stop_grace: 0.3}\nqueue_runner: {poll_interval: 600}\n`)

const addLane = async ({ api, bash }: Lane, name: string, commands: string[]) => {
  if (name !== 'q') await api.createQueue({ session_id: 's', name })
  for (const command of commands) await bash(command, { queue_id: name })
}

const spawnRunner = (t: Test, { project }: Lane, name: string) =>
  spawnNode(t, 'fixtures/runner/run-lane.ts', [project.configFile, name, 'run'])

/** The most that ran at one moment, by when each was claimed and when its process had ended. */
function mostAtOnce(tasks: Task[]): number {
  const steps = tasks.flatMap(({ claimed_at, finished_at }) => [
    { at: claimed_at as string, step: 1 },
    { at: finished_at as string, step: -1 },
  ])
  // Of what happened in the same millisecond, the end was first: it made the place.
  steps.sort((a, b) => a.at.localeCompare(b.at) || a.step - b.step)
  let running = 0
  return Math.max(...steps.map(({ step }) => (running += step)))
}

/** Works these lanes off, each with a runner, which all wait before the first place is free. */
async function workOff(t: Test, max: number, names: string[], each: number): Promise<Task[]> {
  const lane = await openWith(t, max)
  for (const name of names) await addLane(lane, name, Array(each).fill('sleep 0.05'))
  await addLane(lane, 'other', Array(max).fill('true'))
  for (let i = 0; i < max; i++) await lane.api.claimTask({ id: 'other' })
  const runners = names.map(name => spawnRunner(t, lane, name))
  await waitFor('all of them wait', async () => {
    const { runners: rows } = await lane.api.listRunners()
    return rows.filter(it => it.waiting_since !== null).length === names.length
  })
  for (let i = 1; i <= max; i++) await lane.api.completeTask({ id: `OTHER-${i}`, result_summary: 'Done.' })
  await Promise.all(runners.map(it => it.ended))
  return (await lane.api.listTasks()).tasks
}

test('runners of many lanes never run more at once than limits.max_running, and all get done', async t => {
  const tasks = await workOff(t, 2, ['q', 'p', 'r', 's', 'u'], 4)
  assert.deepEqual([tasks.length, new Set(tasks.map(it => it.status))], [22, new Set(['succeeded'])])
  assert.equal(mostAtOnce(tasks), 2)
})

test('lanes that share one place take turns', async t => {
  const tasks = await workOff(t, 1, ['q', 'p', 'r'], 2)
  assert.equal(mostAtOnce(tasks), 1)
  const order = tasks
    .filter(it => it.queue.name !== 'other')
    .sort((a, b) => (a.claimed_at ?? '').localeCompare(b.claimed_at ?? ''))
    .map(it => it.friendly_id)
  assert.deepEqual(order.slice(0, 3).sort(), ['P-1', 'Q-1', 'R-1'], order.join())
})

test('a runner stays while only limits.max_running holds it back, says so once, and goes on at once', async t => {
  const lane = await openWith(t, 1)
  await addLane(lane, 'other', ['true', 'true'])
  await lane.bash('true')
  await lane.api.claimTask({ id: 'other' })
  const runner = spawnRunner(t, lane, 'q')
  const waits = () =>
    runner.lines.map(it => JSON.parse(it) as RunnerEvent).filter(it => it.type === 'waiting')
  await waitFor('it waits', () => waits().length > 0)
  await lane.api.completeTask({ id: 'OTHER-1', result_summary: 'Done.' })
  await runner.ended
  assert.equal((await lane.task('Q-1')).status, 'succeeded')
  assert.deepEqual(
    waits().map(it => [it.because, it.until]),
    [
      ['max_running', null],
      ['empty', null],
    ],
  )
})

test('a runner that works for a server is woken by the end of another lane’s task', async t => {
  const lane = await openWith(t, 1)
  await addLane(lane, 'other', ['true'])
  await lane.bash('true')
  await lane.api.claimTask({ id: 'other' })
  const { url } = await serve(t, lane.core)
  const client = createHttpClient({ url })
  t.after(() => client.close())
  const { root, configFile, config } = lane.project
  const seen: string[] = []
  const working = runLane({
    api: client,
    queue: 'q',
    mode: 'run',
    report: event => void seen.push(event.type === 'waiting' ? event.because : event.type),
    signal: new AbortController().signal,
    env: process.env,
    root,
    logs: tempFolder(t),
    configFile,
    config,
    remote: true,
  })
  await waitFor('it waits', () => seen.includes('max_running'))
  await lane.api.completeTask({ id: 'OTHER-1', result_summary: 'Done.' })
  assert.equal((await working).done, 1)
})
