import assert from 'node:assert/strict'
import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { attemptFiles } from '../../src/attempt-files/paths.ts'
import { type Project, readProject } from '../../src/config.ts'
import { self } from '../../src/processes/identity.ts'
import { type Serving, serve } from '../../src/serve.ts'
import { startTask } from '../processes/support.ts'
import { stopThenRemove } from '../support/folder.ts'
import { type OpenProject, openProject } from '../support/project.ts'
import { refused } from '../support/refused.ts'
import { waitFor } from '../support/wait.ts'

const config = 'server: {port: 0, host: 127.0.0.1}\nlimits: {stop_grace: 0.5}\n'

/** A server in this process, over a config of its own, as a process of its own would have it. */
async function open(
  t: TestContext,
  text = config,
): Promise<OpenProject & { serving: Serving; lock: string }> {
  const opened = openProject(t, { config: text })
  const serving = await serve({ project: fresh(opened.project) })
  t.after(() => stopThenRemove(serving.stop, opened.project.root))
  return { ...opened, serving, lock: path.join(opened.project.root, 'sparkq.lock') }
}

const fresh = ({ configFile }: Project) => readProject(configFile)
const post = (address: string, where: string) =>
  fetch(`${address}${where}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: '{}',
  })
const log = ({ logs }: Project) => fs.readFileSync(path.join(logs, 'sparkq.log'), 'utf8')

test('a server answers where its lock says, and is gone with its lock when it is stopped', async t => {
  const { serving, lock, project } = await open(t)
  assert.equal(fs.readFileSync(lock, 'utf8').split('\n')[3], serving.address)
  assert.deepEqual(await (await fetch(`${serving.address}/health`)).json(), {
    status: 'ok',
    space: null,
  })
  await Promise.all([serving.stop(), serving.stop()])
  await serving.stop()
  assert.ok(!fs.existsSync(lock))
  await assert.rejects(fetch(`${serving.address}/health`))
  assert.match(log(project), / server\.started .*\n.* server\.stopped .*reason="it was told to"\n$/)
})

test('another one for the same project is refused, and the first one stays as it is', async t => {
  const { serving, project, lock } = await open(t)
  const before = fs.readFileSync(lock, 'utf8')
  await refused(
    serve({ project: fresh(project) }),
    'conflict',
    /^A server of this project runs already: .*, since \d\d:\d\d\.$/,
  )
  assert.equal(fs.readFileSync(lock, 'utf8'), before)
  assert.equal((await fetch(`${serving.address}/health`)).status, 200)
})

test('servers of two projects live side by side', async t => {
  const [one, other] = await Promise.all([open(t), open(t)])
  await one.core.createSession({ name: 'mine' })
  const sessions = async (at: string) =>
    ((await (await fetch(`${at}/api/sessions`)).json()) as { sessions: [] }).sessions.length
  assert.deepEqual([await sessions(one.serving.address), await sessions(other.serving.address)], [1, 0])
})

test('one that cannot listen leaves nothing behind', async t => {
  const { project } = openProject(t, { config })
  const squatter = net.createServer().listen(0, '127.0.0.1')
  await new Promise(resolve => squatter.once('listening', resolve))
  t.after(() => void squatter.close())
  const { port } = squatter.address() as net.AddressInfo
  const named =
    process.platform === 'linux'
      ? new RegExp(`^Port ${port} is taken by process ${process.pid} \\(.*node`)
      : /is taken/
  await refused(serve({ project: fresh(project), port }), 'unusable', named)
  await refused(
    serve({ project: fresh(project), host: '192.0.2.1' }),
    'unusable',
    /^"192\.0\.2\.1" is no address/,
  )
  assert.ok(!fs.existsSync(path.join(project.root, 'sparkq.lock')))
  assert.match(log(project), new RegExp(` error server\\.not_started .*Port ${port} is taken`))
  const serving = await serve({ project: fresh(project) })
  await serving.stop()
})

test('a stop answers what is under way and ends what listens', async t => {
  const { serving, core, project } = await open(t)
  await orphan(t, { core, project })
  const events = await fetch(`${serving.address}/api/events`)
  assert.equal(events.status, 200)
  const heard = events.text()
  const answer = post(serving.address, '/api/tasks/Q-1/cancel')
  await waitFor('it is being stopped', async () => {
    const { attempts } = await core.listAttempts({ id: 'Q-1' })
    return attempts[0]?.stop_cause === 'cancelled'
  })
  await serving.stop()
  const { task } = (await (await answer).json()) as { task: { error_type: string } }
  assert.equal(task.error_type, 'cancelled')
  await heard
})

test('a reload counts at once, for the rules and for who may come in', async t => {
  const { serving, project, lock } = await open(t)
  const from = (host: string) =>
    new Promise<string>((resolve, reject) => {
      const socket = net.connect(serving.port, '127.0.0.1')
      socket.setEncoding('utf8').once('data', text => resolve(String(text).split('\r\n')[0] as string))
      socket.once('error', reject)
      socket.end(`GET /health HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
    })
  assert.equal(await from('box.example'), 'HTTP/1.1 403 Forbidden')
  fs.writeFileSync(
    project.configFile,
    'server: {port: 0, host: 127.0.0.1, access: open, allowed_hosts: [box.example]}\nlimits: {stop_grace: 3}\n',
  )
  const { changes } = (await (await post(serving.address, '/api/reload')).json()) as { changes: string[] }
  assert.deepEqual(changes, [
    'server.access: "local" → "open"',
    'server.allowed_hosts: [] → ["box.example"]',
    'limits.stop_grace: 0.5 → 3',
  ])
  assert.equal(await from('box.example'), 'HTTP/1.1 200 OK')
  assert.match(fs.readFileSync(lock, 'utf8'), /"access":"open"/)
  assert.match(log(project), / info config\.reloaded changes="server\.access: .*stop_grace/)

  fs.writeFileSync(project.configFile, 'limits: {stop_grace: never}\n')
  const broken = await post(serving.address, '/api/reload')
  assert.equal(broken.status, 400)
  assert.match(((await broken.json()) as { detail: string }).detail, /^sparkq\.yml:1:10: limits\.stop_grace /)
  assert.match(log(project), / warning config\.refused reason="sparkq\.yml:1:10/)
  assert.equal(await from('box.example'), 'HTTP/1.1 200 OK')
})

test('an override that another process sets counts for a server that runs, and for the next one', async t => {
  const { serving, project, lock, core } = await open(t)
  await core.setConfig({ namespace: 'server', key: 'access', value: 'open' })
  await waitFor('the server has taken it over', () =>
    fs.readFileSync(lock, 'utf8').includes('"access":"open"'),
  )
  assert.match(log(project), / info config\.reloaded changes="server\.access: /)
  await core.setConfig({ namespace: 'server', key: 'host', value: '::1' })
  await serving.stop()
  const next = await serve({ project: fresh(project) })
  t.after(() => next.stop())
  assert.deepEqual([next.host, next.access], ['::1', 'open'])
  await next.stop()
})

test('what the guard turns away stands in the log', async t => {
  const { serving, project } = await open(t)
  const strange = () => fetch(`${serving.address}/health`, { headers: { Origin: 'https://evil.test' } })
  assert.equal((await strange()).status, 403)
  await waitFor('it is written', () => / warning request\.refused reason=origin count=1\n/.test(log(project)))
  await strange()
  await strange()
  await serving.stop()
  assert.match(log(project), / request\.refused reason=origin count=2\n.*server\.stopped/)
})

test('tasks are marked, failed and deleted when their time has come', async t => {
  const { core, project } = openProject(t, {
    config:
      'server: {port: 0, host: 127.0.0.1}\nlimits: {warn_factor: 0.1, fail_factor: 0.5}\npurge: {older_than_days: 0}\n',
  })
  await core.createSession({ name: 's' })
  await core.createQueue({ session_id: 's', name: 'q' })
  const add = () =>
    core.createTask({ queue_id: 'q', tool_name: 'llm-haiku', payload: { prompt: 'x' }, timeout: 1 })
  await add()
  await core.claimTask({ id: 'q' })
  await core.completeTask({ id: 'Q-1', result_summary: 'done' })
  await add()
  await core.claimTask({ id: 'q' })
  const serving = await serve({ project: fresh(project) })
  t.after(() => stopThenRemove(serving.stop, project.root))
  const ended = await waitFor('it has failed', async () => {
    const { task } = await core.getTask({ id: 'Q-2' })
    return task.status === 'failed' && task
  })
  assert.equal(ended.error_type, 'timeout')
  await refused(core.getTask({ id: 'Q-1' }), 'not_found')
  await waitFor('both are written', () =>
    /maintenance\.purged tasks=1\n(.*\n)*.*maintenance\.swept .*failed=1/.test(log(project)),
  )
})

/** A running task whose runner is dead, with a process that a TERM does not end. */
async function orphan(
  t: TestContext,
  { core, project }: Pick<OpenProject, 'core' | 'project'>,
): Promise<void> {
  const task = await startTask(t, 'stubborn.sh')
  await core.createSession({ name: 's' })
  await core.createQueue({ session_id: 's', name: 'q' })
  await core.createTask({ queue_id: 'q', tool_name: 'run-bash', payload: { command: 'true' } })
  const dead = { ...self(), start_time: '1' }
  const { runner } = await core.startRunner({ queue_id: 'q', mode: 'run', process: dead })
  const claim = await core.claimTask({ id: 'q', runner_id: runner.id, claim_key: task.mark })
  await core.startAttempt({ id: 'Q-1', attempt: 1, process: task.tree.wrapper, command: ['x'], cwd: '/' })
  const files = attemptFiles(project.logs, claim.task?.id as string, 1)
  fs.mkdirSync(files.folder, { recursive: true })
  fs.writeFileSync(files.status, `pid ${task.tree.leader.pid}\n`)
}
