import fs from 'node:fs'
import path from 'node:path'
import { configFileName, type Project, readProject } from '../config.ts'
import { openCore } from '../connect.ts'
import type { Api } from '../contract/api.ts'
import { SparkqError, unusable } from '../contract/errors.ts'
import { toolKind } from '../contract/payloads.ts'
import { serverLockPattern, tokenPath } from '../server/places.ts'
import { tokenOf } from '../server/token.ts'
import { databasePattern, excludeFromGit } from './git-exclude.ts'
import { findQueueIfAny, ifAny, listQueues } from './lanes.ts'
import { renderConfig } from './setup-config.ts'
import { count } from './text.ts'

/** What setup did, and what it found and left alone, as words for a list. */
export type SetupReport = { made: string[]; kept: string[] }

type Site = { folder: string; report: SetupReport; undo: (() => void)[] }

/**
 * Makes `folder` a project: config, database, folders, and a first session and queue. What is there stays.
 * @throws invalid for a config with a mistake, unusable where the folder cannot be written; nothing is left behind then
 */
export async function setUpProject(folder: string, name: string): Promise<SetupReport> {
  const site: Site = { folder, report: { made: [], kept: [] }, undo: [] }
  try {
    writeConfig(site, name)
    const project = readProject(path.join(folder, configFileName))
    makePlaces(site, project)
    await openDatabase(site, project)
    return site.report
  } catch (error) {
    for (const step of site.undo.reverse()) step()
    throw explain(error, folder)
  }
}

function writeConfig(site: Site, name: string): void {
  writeNew(site, configFileName, renderConfig({ name }))
}

/** Data and logs are the user's alone, and no business of git's. */
function makePlaces(site: Site, project: Project): void {
  const own = path.join(site.folder, 'sparkq')
  makeFolder(site, own, 0o755)
  for (const folder of [path.join(own, 'data'), project.logs]) {
    makeFolder(site, folder, 0o700)
    closeFolder(folder)
  }
  // A folder that was there before is somebody else's: who may look into it is not for us to say.
  makeFolder(site, path.dirname(project.database), 0o700)
  writeNew(site, path.join('sparkq', '.gitignore'), 'data/\nlogs/\n')
  makeToken(site, project)
  for (const pattern of [serverLockPattern, databasePattern(site.folder, project.database)]) {
    const include = pattern && excludeFromGit(site.folder, pattern)
    if (!include) continue
    site.undo.push(include)
    note(site, true, `${pattern} in .git/info/exclude`)
  }
}

/** What other machines will need to come in; nobody else reads it. */
function makeToken(site: Site, project: Project): void {
  const file = tokenPath(project)
  const isNew = !fs.existsSync(file)
  if (isNew) site.undo.push(() => fs.rmSync(file, { force: true }))
  tokenOf(project)
  note(site, isNew, path.relative(site.folder, file))
}

async function openDatabase(site: Site, project: Project): Promise<void> {
  const { database } = project
  const isNew = !fs.existsSync(database)
  if (isNew) site.undo.push(() => removeDatabase(database))
  const core = openCore(project, 'cli')
  try {
    note(site, isNew, path.relative(site.folder, database))
    await makeLane(site, core)
  } finally {
    core.close()
  }
}

function removeDatabase(database: string): void {
  for (const end of ['', '-wal', '-shm']) fs.rmSync(database + end, { force: true })
}

/** The session and the queue "default", so that a first task has somewhere to go. */
async function makeLane(site: Site, api: Api): Promise<void> {
  const queues = await listQueues(api, { archived: true })
  if (queues.length > 0) note(site, false, `${count(queues.length, 'queue')} in the database`)
  if (await findQueueIfAny(api, 'default')) return
  const session = await findOrMakeSession(site, api)
  if (session.status === 'ended') return note(site, false, 'the session "default", which is ended')
  const default_tool = await agentTool(api)
  await api.createQueue({
    session_id: session.id,
    name: 'default',
    ...(default_tool === undefined ? {} : { settings: { default_tool } }),
  })
  note(site, true, 'queue "default"')
}

async function findOrMakeSession(site: Site, api: Api) {
  const known = await ifAny(api.getSession({ id: 'default' }))
  if (known) return known.session
  note(site, true, 'session "default"')
  return (await api.createSession({ name: 'default' })).session
}

/** So that `sparkq add "…"` needs no tool. */
async function agentTool(api: Api): Promise<string | undefined> {
  const { tools } = await api.listTools()
  const agents = tools.map(tool => tool.name).filter(name => toolKind(name) === 'prompt')
  return agents.find(name => name === 'llm-sonnet') ?? agents[0]
}

function writeNew(site: Site, relative: string, text: string): void {
  const file = path.join(site.folder, relative)
  const isNew = !fs.existsSync(file)
  if (isNew) {
    fs.writeFileSync(file, text, { flag: 'wx' })
    site.undo.push(() => fs.rmSync(file, { force: true }))
  }
  note(site, isNew, relative)
}

/** Makes a folder, and the ones above it; one that is there stays as it is. */
function makeFolder(site: Site, folder: string, mode: number): void {
  // Not with `recursive`: for a folder that can never be (below /proc), Node 26 then tries for ever.
  if (fs.existsSync(folder)) return
  makeFolder(site, path.dirname(folder), 0o755)
  fs.mkdirSync(folder, { mode })
  site.undo.push(() => fs.rmSync(folder, { recursive: true, force: true }))
}

function closeFolder(folder: string): void {
  const isOpen = (fs.statSync(folder).mode & 0o077) !== 0
  if (isOpen) fs.chmodSync(folder, 0o700)
}

function note({ report }: Site, isNew: boolean, what: string): void {
  if (isNew) report.made.push(what)
  else report.kept.push(what)
}

function explain(error: unknown, folder: string): unknown {
  const { code, path: file } = error as NodeJS.ErrnoException
  if (error instanceof SparkqError || code === undefined) return error
  return unusable(
    `${file ?? folder} cannot be made (${code}).`,
    `ls -ld ${path.dirname(file ?? folder)}`,
    error,
  )
}
