import fs from 'node:fs'
import path from 'node:path'
import { configFileName, type Project } from '../config.ts'
import { spool } from '../connect.ts'
import { defaultConfig } from '../contract/config.ts'
import { findLockFiles, lockFolder, type RunnerLock } from '../runner/lock-file.ts'
import { serverLockPath, serverLockPattern, tokenPath } from '../server/places.ts'
import { findService } from '../server/service/manager.ts'
import { databasePattern, findExclude, includeInGit } from './git-exclude.ts'
import { chatsFolder } from './hooks/chats.ts'
import { playbookFile, playbookState } from './setup/playbook.ts'
import { digest, readRecord, recordFile, type SetupRecord } from './setup/record.ts'
import { ownIgnores } from './setup/steps.ts'

/**
 * What teardown removes.
 *
 * @property remove        files, and folders with all in them
 * @property removeIfEmpty folders that go where nothing else is left in them, the inner ones first
 * @property excludes      patterns that git is told no more
 * @property changed       what setup made and somebody changed since: it stays
 * @property locks         of runners, live and dead
 */
export type Plan = {
  folder: string
  remove: string[]
  removeIfEmpty: string[]
  excludes: string[]
  changed: string[]
  locks: RunnerLock[]
  record: SetupRecord | undefined
}

/** Everything of the project that is there. */
export function planTeardown(
  folder: string,
  project: Project,
  options: { keepConfig: boolean; queueIds: readonly string[]; env: NodeJS.ProcessEnv },
): Plan {
  const own = path.join(folder, 'sparkq')
  const record = readRecord(folder)
  const service = findService(project, options.env)
  const locks = findLockFiles(
    lockFolder(options.env, project.config.queue_runner.lock_dir),
    project.configFile,
    options.queueIds,
  )
  const { base_url } = project.config.queue_runner
  const url = base_url === null ? null : URL.parse(base_url)
  const spooled = url === null ? [] : [spool(url.origin, options.env)]
  const scripts = Object.entries(record?.files ?? {}).filter(([file]) => isInside(folder, file))
  const isAsMade = ([file, made]: [string, string]) => digestOf(path.join(folder, file)) === made
  const remove = [
    ...(service ? [service.file] : []),
    ...databaseFiles(project.database),
    ...databaseFiles(path.join(folder, defaultConfig.database.path)),
    project.logs,
    tokenPath(project),
    chatsFolder(project),
    serverLockPath(project),
    `${serverLockPath(project)}.tmp`,
    path.join(folder, recordFile),
    ...(playbookState(folder) === 'current' ? [path.join(folder, playbookFile)] : []),
    ...spooled.map(it => path.join(it, 'sparkq.log')),
    ...(digestOf(path.join(own, '.gitignore')) === digest(ownIgnores) ? [path.join(own, '.gitignore')] : []),
    ...locks.map(({ file }) => file),
    ...scripts.filter(isAsMade).map(([file]) => path.join(folder, file)),
    ...(options.keepConfig ? [] : [path.join(folder, configFileName)]),
  ].filter(isThere)
  return {
    folder,
    remove: [...new Set(remove)],
    removeIfEmpty: [
      ...foldersOf(folder, project, record),
      ...spooled.flatMap(it => [path.join(it, 'tasks'), it]),
    ].filter(isThere),
    excludes: [serverLockPattern, databasePattern(folder, project.database)].filter(
      pattern => pattern !== undefined && findExclude(folder, pattern)?.isIn,
    ) as string[],
    changed: scripts.filter(it => isThere(path.join(folder, it[0])) && !isAsMade(it)).map(([file]) => file),
    locks,
    record,
  }
}

/** Empty folders alone may be anybody's. */
export const isNothing = ({ remove, excludes }: Plan): boolean => remove.length === 0 && excludes.length === 0

/** @returns the folders that had to stay, as something else lies in them */
export function carryOut(plan: Plan): string[] {
  if (isNothing(plan)) return []
  const { folder, remove, removeIfEmpty, excludes, record } = plan
  for (const file of remove) fs.rmSync(file, { recursive: true, force: true })
  for (const pattern of excludes) includeInGit(folder, pattern, record?.exclude)
  return removeIfEmpty.filter(it => {
    if (!isThere(it)) return false
    if (fs.readdirSync(it).length > 0) return true
    fs.rmdirSync(it)
    return false
  })
}

/** The folders that setup made; of a project that has no record of that, those that it always makes. */
function foldersOf(folder: string, { database }: Project, record: SetupRecord | undefined): string[] {
  const made = record?.folders ?? ['sparkq', 'sparkq/data']
  // A record is a file like any other: it may not lead elsewhere, but to where the database is.
  const isOurs = (file: string) => isInside(folder, path.relative(folder, file)) || isInside(file, database)
  return made
    .map(name => path.resolve(folder, name))
    .filter(isOurs)
    .sort((a, b) => b.length - a.length)
}

/** The database with what SQLite and migrations put beside it. */
function databaseFiles(database: string): string[] {
  const folder = path.dirname(database)
  if (!fs.existsSync(folder) || !fs.statSync(folder).isDirectory()) return []
  const name = path.basename(database)
  const isOurs = (file: string): boolean =>
    file.startsWith(name) && /^(-wal|-shm|-journal|\.v\d+\.bak)?$/.test(file.slice(name.length))
  return fs
    .readdirSync(folder)
    .filter(isOurs)
    .map(file => path.join(folder, file))
}

/** undefined where there is no such file. */
function digestOf(file: string): string | undefined {
  try {
    return digest(fs.readFileSync(file))
  } catch {
    return undefined
  }
}

/** Whether `file`, as it is written from `folder`, lies in it. */
function isInside(folder: string, file: string): boolean {
  const relative = path.relative(folder, path.resolve(folder, file))
  return relative !== '' && !path.isAbsolute(relative) && relative.split(path.sep)[0] !== '..'
}

const isThere = (file: string): boolean => fs.lstatSync(file, { throwIfNoEntry: false }) !== undefined
