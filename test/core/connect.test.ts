import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { readProject } from '../../src/config.ts'
import { connect, openCore } from '../../src/connect.ts'
import type { Core } from '../../src/core/core.ts'
import { openStore } from '../../src/store/store.ts'
import { tempFolder, writeFiles } from '../support/folder.ts'
import { openProject } from '../support/project.ts'
import { refused } from '../support/refused.ts'

const toolNames = async (core: Core) => (await core.listTools()).tools.map(it => `${it.name} ${it.timeout}`)

test('whoever connects to a project deals with what is overdue first', async t => {
  const { core, project, again } = openProject(t)
  await core.createSession({ name: 'auth' })
  await core.createQueue({ session_id: 'auth', name: 'auth' })
  await core.createTask({ queue_id: 'auth', tool_name: 'run-bash', payload: { command: 'true' }, timeout: 1 })
  const past = again({ clock: () => Date.now() - 60_000 })
  await past.claimTask({ id: 'auth' })
  writeFiles(project.root, { 'deep/down/file': '' })
  const connection = await connect({ cwd: path.join(project.root, 'deep/down'), env: {}, actor: 'cli' })
  t.after(() => connection.close())
  assert.equal((await connection.api.getTask({ id: 'AUTH-1' })).task.error_type, 'timeout')
  const [event] = (await connection.api.listEvents({ task_id: 'AUTH-1', limit: 1 })).events
  assert.equal(event?.actor, 'cli')
})

test('tools and classes follow the file when it changes, and only then', async t => {
  const root = tempFolder(t)
  const file = path.join(root, 'sparkq.yml')
  const open = async (text: string): Promise<[string[], number]> => {
    fs.writeFileSync(file, text)
    const core = openCore(readProject(file), 'test')
    const { events } = await core.listEvents({ event: 'config.loaded' })
    const names = await toolNames(core)
    core.close()
    return [names, events.length]
  }
  const one = 'tools: { run-bash: { task_class: FAST_SCRIPT } }'
  const two = 'tools: { run-bash: { task_class: FAST_SCRIPT, timeout: 7 }, llm-x: { task_class: LLM_LITE } }'
  assert.deepEqual(await open(one), [['run-bash null'], 1])
  assert.deepEqual(await open(one), [['run-bash null'], 1])
  assert.deepEqual(await open(two), [['llm-x null', 'run-bash 7'], 2])
  assert.deepEqual(await open(one), [['run-bash null'], 3])
})

test('what a person changed of the tools stays when the file changes', async t => {
  const root = tempFolder(t)
  const file = path.join(root, 'sparkq.yml')
  fs.writeFileSync(file, '')
  openCore(readProject(file), 'test').close()
  const db = readProject(file).database
  const { DatabaseSync } = await import('node:sqlite')
  const raw = new DatabaseSync(db)
  raw.exec(`INSERT INTO tools (name, source, task_class, timeout) VALUES ('run-bash', 'user', 'FAST_SCRIPT', 9);
    INSERT INTO tools (name, source, task_class, hidden) VALUES ('llm-codex', 'user', 'X', 1)`)
  raw.close()
  fs.writeFileSync(file, '# changed\n')
  const core = openCore(readProject(file), 'test')
  t.after(() => core.close())
  const names = await toolNames(core)
  assert.ok(names.includes('run-bash 9'), names.join())
  assert.ok(!names.some(it => it.startsWith('llm-codex')), names.join())
})

test('a mistake in the file is refused before anything is made', async t => {
  const root = tempFolder(t)
  writeFiles(root, { 'sparkq.yml': 'serverr: {}' })
  await refused(connect({ cwd: root, env: {}, actor: 'cli' }), 'invalid', /sparkq\.yml:1:1/)
  assert.deepEqual(fs.readdirSync(root), ['sparkq.yml'])
})

test('what nobody foresaw is an internal error that says nothing of the inside, with its cause', async t => {
  const { core, project } = openProject(t)
  const store = openStore(project.database)
  t.after(() => store.close())
  store.meta.set('x', 'y')
  core.close()
  const error = await refused(core.listTasks(), 'internal', /^Internal error in listTasks\.$/)
  assert.ok(error.cause instanceof Error)
})

test('one process may have several projects open', async t => {
  const [one, two] = [openProject(t), openProject(t)]
  await one.core.createSession({ name: 'only here' })
  assert.deepEqual((await two.core.listSessions()).sessions, [])
})
