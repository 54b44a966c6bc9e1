import fs from 'node:fs'
import path from 'node:path'
import { taskFolder } from '../attempt-files/paths.ts'
import { configFileName, type Project, projectFrom } from '../config.ts'
import { readProjectAnyhow } from '../config-anyhow.ts'
import { conflict, invalid, SparkqError, unusable } from '../contract/errors.ts'
import type { QueueCounts } from '../contract/queues.ts'
import type { Task } from '../contract/tasks.ts'
import { databaseVersion, inspectDatabase } from '../store/inspect.ts'
import { settleFile } from '../store/open.ts'
import { explain } from '../store/trouble.ts'
import { refuseWhileBusy } from './busy.ts'
import { copyFile } from './copy-file.ts'
import { type CopiedOutput, hashOutput, holeIn } from './copy-output.ts'
import { type Manifest, names } from './format.ts'
import { describeBackup } from './make.ts'
import { settleCopy } from './settle.ts'
import { type Progress, readSums, verifyBackup } from './verify.ts'

/** What there is now, where a backup is to go. `unreadable`: why the database cannot say what it holds. */
export type Present = {
  database: 'none' | 'sound' | 'unreadable'
  tasks: QueueCounts | null
  lastEvent: number
}

export type RestorePlan = {
  from: string
  manifest: Manifest
  present: Present
  /** As it will be. */
  project: Project
  /** Where what is there now goes; null: nothing is there. */
  aside: string | null
  keepConfig: boolean
}

export type Restored = { tasks: Task[]; aside: string | null; asideIsBackup: boolean }

/**
 * Finds out what a restore would do, after reading the whole of the backup. Nothing is changed.
 * @throws unusable for a backup that is damaged or from a newer SparkQ, conflict while somebody works here
 */
export async function planRestore(
  options: { folder: string; from: string; keepConfig: boolean; aside: string },
  onProgress?: Progress,
): Promise<RestorePlan> {
  const { folder, from, keepConfig } = options
  const manifest = await verifyBackup(from, onProgress)
  if (manifest.database_version > databaseVersion) {
    throw unusable(
      `${from} was written by a newer SparkQ (its database version is ${manifest.database_version}, this one knows ${databaseVersion}).`,
      'npm install -g sparkq@latest',
    )
  }
  const project = projectToBe(folder, from, keepConfig)
  refuseWhileBusy(readProjectAnyhow(folder).project, { from, folder: manifest.folder })
  const present = look(project.database)
  const isEmpty =
    present.database === 'none' && !places(project, manifest, keepConfig).some(it => fs.existsSync(it.at))
  return { from, manifest, present, project, keepConfig, aside: isEmpty ? null : freeName(options.aside) }
}

function freeName(wanted: string): string {
  for (let i = 1; ; i++) {
    const name = i === 1 ? wanted : `${wanted}-${i}`
    if (!fs.existsSync(name)) return name
  }
}

function projectToBe(folder: string, from: string, keepConfig: boolean): Project {
  const configFile = path.join(folder, configFileName)
  if (!keepConfig) return projectFrom(configFile, fs.readFileSync(path.join(from, names.config), 'utf8'))
  if (fs.existsSync(configFile)) return projectFrom(configFile, fs.readFileSync(configFile, 'utf8'))
  throw invalid(`There is no ${configFileName} here to keep.`, { hint: 'leave --keep-config away' })
}

function look(database: string): Present {
  if (!fs.existsSync(database)) return { database: 'none', tasks: null, lastEvent: 0 }
  try {
    const db = inspectDatabase(database)
    try {
      const isSound = db.damage({ full: false }).length === 0
      return {
        database: isSound ? 'sound' : 'unreadable',
        tasks: db.counts(),
        lastEvent: db.lastEvent()?.seq ?? 0,
      }
    } finally {
      db.close()
    }
  } catch (error) {
    if (!(error instanceof SparkqError)) throw error
    return { database: 'unreadable', tasks: null, lastEvent: 0 }
  }
}

/**
 * Puts the backup in the place of what is there. All of it is made ready beside the places first, in which nothing changes
 * until then; what is there now is moved aside, and moved back if anything fails.
 */
export async function carryOutRestore(
  plan: RestorePlan,
  { version, actor, onProgress }: { version: string; actor: string; onProgress?: Progress },
): Promise<Restored> {
  const staged = stagePlaces(plan.project)
  const clear = () => {
    for (const file of [staged.config, ...withLog(staged.database), staged.logs])
      fs.rmSync(file, { recursive: true, force: true })
  }
  clear()
  try {
    const tasks = await stage(plan, staged, actor, onProgress)
    // Somebody may have come while all this was copied, or while the person was asked.
    const { project } = readProjectAnyhow(path.dirname(plan.project.configFile))
    refuseWhileBusy(project, { from: plan.from, folder: plan.manifest.folder })
    if (plan.present.database === 'sound' && !settleFile(plan.project.database))
      throw isOpen(plan.project.database)
    swap(plan, staged)
    // It is done: what is moved aside is there, described or not.
    const asideIsBackup = await describeAside(plan, version).catch(() => false)
    return { tasks, aside: plan.aside, asideIsBackup }
  } catch (error) {
    throw explainPlace(error, plan.project)
  } finally {
    clear()
  }
}

type Staged = { config: string; database: string; logs: string }

/** In the folders where they are to be: what is renamed there is there whole or not at all. */
const stagePlaces = ({ configFile, database, logs }: Project): Staged => ({
  config: `${configFile}.restoring`,
  database: `${database}.restoring`,
  logs: path.join(logs, 'restoring'),
})

async function stage(
  plan: RestorePlan,
  staged: Staged,
  actor: string,
  onProgress?: Progress,
): Promise<Task[]> {
  const { from, project, manifest, keepConfig } = plan
  for (const folder of [path.dirname(project.database), project.logs]) makeFolder(folder)
  if (!keepConfig) {
    fs.writeFileSync(staged.config, project.configText, {
      mode: presentMode(project.configFile),
      flush: true,
    })
  }
  copyFile(path.join(from, names.database), staged.database)
  if (manifest.output) await stageOutput(from, staged.logs, onProgress)
  const logs = manifest.output ? staged.logs : project.logs
  const tasks = await settleCopy(
    { ...project, database: staged.database, logs },
    { backedUpAt: manifest.created_at, lastSeen: plan.present.lastEvent, actor },
  )
  // Of an older version the backup itself is the copy that is kept.
  for (const name of fs.readdirSync(path.dirname(staged.database))) {
    if (name.startsWith(`${path.basename(staged.database)}.v`))
      fs.rmSync(path.join(path.dirname(staged.database), name))
  }
  if (!settleFile(staged.database)) throw isOpen(staged.database)
  return tasks
}

async function stageOutput(from: string, logs: string, onProgress?: Progress): Promise<void> {
  fs.mkdirSync(path.join(logs, 'tasks'), { recursive: true, mode: 0o700 })
  const files = [...readSums(from).keys()].filter(name => name.startsWith(`${names.output}/`))
  for (const [i, name] of files.entries()) {
    const [, id = '', file = ''] = name.split('/')
    const to = taskFolder(logs, id)
    fs.mkdirSync(to, { recursive: true, mode: 0o700 })
    copyFile(path.join(from, name), path.join(to, file), holeIn(path.dirname(path.join(from, name)), file))
    onProgress?.(i + 1, files.length)
    if (i % 100 === 0) await new Promise(setImmediate)
  }
}

type Place = { at: string; aside: string; staged: string | undefined }

/** What is replaced, in which order: the config last, which is what makes the folder a project. */
function places(
  project: Project,
  manifest: Manifest,
  keepConfig: boolean,
  staged = stagePlaces(project),
): Place[] {
  const output = {
    at: path.join(project.logs, 'tasks'),
    aside: names.output,
    staged: path.join(staged.logs, 'tasks'),
  }
  return [
    ...(manifest.output ? [output] : []),
    { at: project.database, aside: names.database, staged: staged.database },
    ...['-wal', '-shm', '-journal'].map(end => ({
      at: project.database + end,
      aside: names.database + end,
      staged: undefined,
    })),
    ...(keepConfig ? [] : [{ at: project.configFile, aside: names.config, staged: staged.config }]),
  ]
}

/** All of it, or, as far as a file system allows, nothing. */
function swap({ project, manifest, keepConfig, aside }: RestorePlan, staged: Staged): void {
  const undo: (() => void)[] = []
  const move = (from: string, to: string): void => {
    moveTo(from, to)
    undo.push(() => moveTo(to, from))
  }
  if (aside !== null) {
    fs.mkdirSync(aside, { mode: 0o700 })
    fs.writeFileSync(path.join(aside, '.gitignore'), '*\n', { mode: 0o600 })
  }
  try {
    const all = places(project, manifest, keepConfig, staged)
    for (const it of all) if (aside !== null && fs.existsSync(it.at)) move(it.at, path.join(aside, it.aside))
    for (const it of all) if (it.staged !== undefined && fs.existsSync(it.staged)) move(it.staged, it.at)
  } catch (error) {
    for (const step of undo.reverse()) step()
    throw error
  }
  if (keepConfig && aside !== null) copyFile(project.configFile, path.join(aside, names.config))
}

function moveTo(from: string, to: string): void {
  try {
    fs.renameSync(from, to)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error
    fs.cpSync(from, to, { recursive: true, preserveTimestamps: true })
    fs.rmSync(from, { recursive: true })
  }
}

/** Makes what was moved aside a backup that can be restored. @returns false where it is no more than files */
async function describeAside(
  { aside, present, project, manifest }: RestorePlan,
  version: string,
): Promise<boolean> {
  if (aside === null || present.database !== 'sound' || !fs.existsSync(path.join(aside, names.config)))
    return false
  const copied: CopiedOutput = new Map()
  const output = path.join(aside, names.output)
  if (manifest.output && fs.existsSync(output)) {
    for (const [name, it] of hashOutput(output)) copied.set(name, it)
  }
  await describeBackup(aside, { project, version, output: manifest.output, copied })
  return true
}

const withLog = (database: string): string[] => ['', '-wal', '-shm', '-journal'].map(end => database + end)

const presentMode = (file: string): number =>
  (fs.statSync(file, { throwIfNoEntry: false })?.mode ?? 0o644) & 0o777

/** Not with `recursive`: below /proc, Node's own never returns. */
function makeFolder(folder: string, mode = 0o700): void {
  if (fs.existsSync(folder)) return
  makeFolder(path.dirname(folder), 0o755)
  fs.mkdirSync(folder, { mode })
}

const isOpen = (database: string): SparkqError =>
  conflict(`Another process has ${database} open. Nothing was changed.`, `fuser -v ${database}`)

function explainPlace(error: unknown, { database }: Project): unknown {
  const known = explain(database, error)
  if (known instanceof SparkqError) return known
  const { code, path: file = database } = error as NodeJS.ErrnoException
  if (code === undefined || !/^E[A-Z]+$/.test(code)) return error
  return unusable(
    `${file} cannot be read or written (${code}). Nothing was changed.`,
    `ls -ld ${file}`,
    error,
  )
}
