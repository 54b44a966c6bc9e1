import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { identify } from '../../src/processes/identity.ts'
import { type ServerSite, serverSite } from '../server/support.ts'
import { waitFor } from '../support/wait.ts'
import { noting, readTold } from './support.ts'

const notingWho = `${noting}; echo $PPID >> tellers.txt`
const config = (command: string): string =>
  JSON.stringify({ server: { port: 0, host: '127.0.0.1' }, notify: { command } })

const lanes = ['a', 'b', 'c', 'd']

/** Lanes `a` to `d`, in each of which three tasks fail. */
async function failingLanes(at: ServerSite): Promise<void> {
  for (const name of lanes) {
    await at.core.createQueue({ session_id: 'default', name })
    for (const command of ['exit 1', 'exit 2', 'exit 3'])
      await at.core.createTask({ queue_id: name, tool_name: 'run-bash', payload: { command } })
  }
}

/** All that failed, in this order, and each lane's end behind its last failure. */
async function assertToldInOrder(at: ServerSite): Promise<void> {
  const told = await waitFor('all is told', () => {
    const told = readTold(at.folder)
    return told.length >= 4 * lanes.length && told
  })
  const { events } = await at.core.listEvents({ event: 'task.failed', limit: 100 })
  assert.deepEqual(
    told.filter(it => it.kind === 'task_failed').map(it => it.task?.id),
    events.reverse().map(it => it.task_id),
  )
  for (const name of lanes) {
    const kinds = told.filter(it => it.queue?.name === name).map(it => it.kind)
    assert.deepEqual(kinds, ['task_failed', 'task_failed', 'task_failed', 'lane_empty'])
  }
}

const tellers = ({ folder }: ServerSite): number[] => {
  const file = path.join(folder, 'tellers.txt')
  const text = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : ''
  return [...new Set(text.split('\n').filter(Boolean).map(Number))]
}

const runnerOf = async ({ core }: ServerSite, lane: string): Promise<number | undefined> =>
  (await core.listRunners()).runners.find(it => it.queue.name === lane && !it.lost)?.process.pid

test('a server alone tells what happens on the lanes that it works, in order', async t => {
  const at = await serverSite(t, { 'sparkq.yml': config(notingWho) })
  await failingLanes(at)
  await at.sparkq(['start', '--all'])
  await assertToldInOrder(at)
  assert.deepEqual(tellers(at), [(await at.running()).process.pid])
  await at.sparkq(['stop'])
})

test('who works all lanes in a terminal tells what happens on them, in order', async t => {
  const at = await serverSite(t, { 'sparkq.yml': config(notingWho) })
  await failingLanes(at)
  const { child, ended } = at.start(['runner', '--all'])
  await assertToldInOrder(at)
  assert.deepEqual(tellers(at), [child.pid])
  child.kill('SIGINT')
  assert.equal((await ended).code, 130)
})

test('a runner whose server was killed tells what happens itself', async t => {
  const at = await serverSite(t, { 'sparkq.yml': config(notingWho) })
  await at.sparkq(['start', '-q', 'default'])
  const runner = await waitFor('a runner works', () => runnerOf(at, 'default'))
  process.kill((await at.running()).process.pid, 'SIGKILL')
  // What happens before it has noticed is told by nobody.
  await waitFor('something is told', async () => {
    await at.core.createTask({ queue_id: 'default', tool_name: 'run-bash', payload: { command: 'exit 7' } })
    await waitFor(
      'the lane is empty',
      async () => (await at.core.peekQueue({ id: 'default' })).none_because === 'empty',
    )
    return tellers(at).length > 0
  })
  assert.deepEqual(tellers(at), [runner])
  process.kill(runner, 'SIGTERM')
  await waitFor('it goes', () => identify(runner) === null)
})

test('a notification that hangs keeps no lane from getting its next runner', async t => {
  const at = await serverSite(t, { 'sparkq.yml': config('echo $$ > telling.txt; exec sleep 60') })
  await at.core.createTask({ queue_id: 'default', tool_name: 'run-bash', payload: { command: 'exit 7' } })
  await at.sparkq(['start', '-q', 'default'])
  const runner = await waitFor('a runner works', () => runnerOf(at, 'default'))
  await waitFor('it is told', () => fs.existsSync(path.join(at.folder, 'telling.txt')))
  assert.equal((await at.sparkq(['stop', '-q', 'default'])).code, 0)
  await waitFor('the runner goes', () => identify(runner) === null)
  await at.sparkq(['start', '-q', 'default'])
  await waitFor('the next one works', () => runnerOf(at, 'default'))
  await at.sparkq(['stop'])
})
