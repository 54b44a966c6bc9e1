import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import type { Project } from '../config.ts'
import { conflict, notFound, SparkqError, unusable } from '../contract/errors.ts'
import { timestamp } from '../contract/time.ts'
import { inspectCopy, inspectDatabase } from '../store/inspect.ts'
import { copyDatabase } from '../store/open.ts'
import { explain } from '../store/trouble.ts'
import { hashFile } from './copy-file.ts'
import { type CopiedOutput, copyOutput, keepOnly } from './copy-output.ts'
import { isBackup, type Manifest, names, newManifest, writeManifest, writeSynced } from './format.ts'
import { type Progress, verifyBackup } from './verify.ts'

export type BackupOptions = {
  project: Project
  /** The folder to make. */
  to: string
  output: boolean
  /** Replace a backup that is there. */
  force: boolean
  version: string
  onProgress?: (what: 'copying' | 'checking', done: number, of: number) => void
}

/** While more tasks than that are deleted again and again, the copy does not come to an end. */
const mostPasses = 10

/**
 * Makes a backup of a project while everything runs: nothing waits for it. The database first, then the output: what the
 * database says is finished has all of its output in the copy. It is read again before it gets its name, which it has
 * whole or not at all.
 */
export async function makeBackup({ onProgress = () => {}, ...options }: BackupOptions): Promise<Manifest> {
  const { project, to, force } = options
  refusePlace(to, force)
  const making = `${to}.${process.pid}.tmp`
  const remove = () => fs.rmSync(making, { recursive: true, force: true })
  process.once('exit', remove)
  try {
    fs.mkdirSync(making, { mode: 0o700 })
    const copied = await copyAll(options, making, (done, of) => onProgress('copying', done, of))
    await describeBackup(making, { ...options, copied })
    const manifest = await verifyBackup(making, (done, of) => onProgress('checking', done, of))
    putInPlace(making, to)
    return manifest
  } catch (error) {
    throw explainRoom(error, project, to)
  } finally {
    remove()
    process.off('exit', remove)
  }
}

function refusePlace(to: string, force: boolean): void {
  const parent = path.dirname(to)
  if (!fs.existsSync(parent)) throw notFound(`There is no folder ${parent}.`, `mkdir -p ${parent}`)
  if (!fs.existsSync(to)) return
  if (!isBackup(to)) throw conflict(`${to} is there already, and is not a backup.`, 'sparkq backup')
  if (!force) throw conflict(`${to} is there already.`, 'sparkq backup\nadd --force to replace it')
}

/** The database, the config, and the output of what is in that database. */
async function copyAll(options: BackupOptions, making: string, onProgress: Progress): Promise<CopiedOutput> {
  const { project, output } = options
  const database = path.join(making, names.database)
  const to = path.join(making, names.output)
  const copied: CopiedOutput = new Map()
  fs.writeFileSync(path.join(making, names.config), project.configText, { mode: 0o600 })
  for (let pass = 0; pass < mostPasses; pass++) {
    fs.rmSync(database, { force: true })
    copyDatabase(project.database, database)
    if (!output) return copied
    const ids = taskIdsOf(database)
    keepOnly(ids, to, copied)
    await copyOutput(ids, { logs: project.logs, to, copied, onTask: done => onProgress(done, ids.length) })
    if (!isAnyGone(project.database, ids)) return copied
  }
  throw new SparkqError('busy', 'Tasks are being deleted faster than they can be copied.', {
    hint: 'sparkq backup',
  })
}

function taskIdsOf(copy: string): string[] {
  const db = inspectCopy(copy)
  try {
    return db.taskIds()
  } finally {
    db.close()
  }
}

/**
 * Whether one of these tasks was deleted (by a purge, by hand) meanwhile: its output may have gone before it was copied.
 * A task goes before its output does.
 */
function isAnyGone(database: string, ids: readonly string[]): boolean {
  const db = inspectDatabase(database)
  try {
    const there = new Set(db.taskIds())
    return ids.some(id => !there.has(id))
  } finally {
    db.close()
  }
}

/**
 * Writes down what lies in a folder that is to be a backup: manifest and checksums.
 * @param copied checksums that are known already
 */
export async function describeBackup(
  folder: string,
  about: Pick<BackupOptions, 'project' | 'output' | 'version'> & { copied: CopiedOutput },
): Promise<void> {
  const { project, version, output, copied } = about
  const files = new Map<string, { sha256: string; size: number }>()
  for (const name of [names.database, names.config]) files.set(name, hashFile(path.join(folder, name)))
  for (const [name, it] of [...copied].sort(([a], [b]) => (a < b ? -1 : 1)))
    files.set(`${names.output}/${name}`, it)
  const db = inspectCopy(path.join(folder, names.database))
  try {
    writeManifest(
      folder,
      newManifest({
        ...{ sparkq: version, database_version: db.version(), created_at: timestamp(Date.now()) },
        ...{
          project: db.projectName() ?? project.config.project.name,
          folder: path.dirname(project.configFile),
        },
        ...{ tasks: db.counts(), last_event: db.lastEvent()?.seq ?? 0, output, files: files.size },
        bytes: [...files.values()].reduce((sum, { size }) => sum + size, 0),
      }),
    )
  } finally {
    db.close()
  }
  files.set(names.manifest, hashFile(path.join(folder, names.manifest)))
  writeSynced(
    path.join(folder, names.sums),
    [...files].map(([name, { sha256 }]) => `${sha256}  ${name}\n`).join(''),
  )
  fs.writeFileSync(path.join(folder, '.gitignore'), '*\n', { mode: 0o600 })
  syncAll(folder)
}

/** One sync for all: one for each file would take as long as copying them does, many times over. */
function syncAll(folder: string): void {
  const fd = fs.openSync(path.join(folder, names.database), 'r')
  try {
    fs.fsyncSync(fd)
  } finally {
    fs.closeSync(fd)
  }
  try {
    execFileSync('sync', process.platform === 'linux' ? ['-f', folder] : [], {
      stdio: 'ignore',
      timeout: 60_000,
    })
  } catch {
    // Without that program the system writes it out when it likes.
  }
}

function putInPlace(making: string, to: string): void {
  const old = `${making}.old`
  const replaces = fs.existsSync(to)
  if (replaces) fs.renameSync(to, old)
  try {
    fs.renameSync(making, to)
  } catch (error) {
    if (replaces) fs.renameSync(old, to)
    throw error
  }
  fs.rmSync(old, { recursive: true, force: true })
}

/** Where it went wrong is where the copy was to go, unless the error says otherwise. */
function explainRoom(error: unknown, { database }: Project, to: string): unknown {
  const known = explain(database, error)
  if (known instanceof SparkqError && known.code === 'no_space') {
    const folder = path.dirname(to)
    return new SparkqError(
      'no_space',
      `There is no room for a backup on the disk that holds ${folder}; none was made.`,
      {
        hint: `df -h ${folder}\nsparkq backup FOLDER\nsparkq backup --no-output`,
        cause: error,
      },
    )
  }
  const { code, path: file = to } = error as NodeJS.ErrnoException
  if (known instanceof SparkqError || code === undefined || !/^E[A-Z]+$/.test(code)) return known
  return unusable(`${file} cannot be read or written (${code}); no backup was made.`, `ls -ld ${file}`, error)
}
