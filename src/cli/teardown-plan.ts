import fs from 'node:fs'
import path from 'node:path'
import { configFileName, type Places, type Project, readPlaces, readProject } from '../config.ts'
import { defaultConfig } from '../contract/config.ts'
import { SparkqError } from '../contract/errors.ts'
import { lockFilePath, lockFolder } from '../runner/lock-file.ts'
import { serverLockPath, tokenPath } from '../server/places.ts'
import { findService } from '../server/service/manager.ts'

/** What teardown removes: files and folders with all in them, then folders only where they are empty by then. */
export type Plan = { remove: string[]; removeIfEmpty: string[] }

/**
 * The project of a folder for taking it down.
 * @returns with it what is wrong with its config, in which case its paths count as far as they can be read
 */
export function readProjectAnyhow(folder: string): { project: Project; mistake: string | undefined } {
  const configFile = path.join(folder, configFileName)
  try {
    if (fs.existsSync(configFile)) return { project: readProject(configFile), mistake: undefined }
    return { project: defaultProject(configFile, {}), mistake: undefined }
  } catch (error) {
    if (!(error instanceof SparkqError)) throw error
    return salvage(configFile, error.message)
  }
}

/** Everything of the project that is there. */
export function planTeardown(
  folder: string,
  project: Project,
  options: { keepConfig: boolean; queueIds: readonly string[]; env: NodeJS.ProcessEnv },
): Plan {
  const own = path.join(folder, 'sparkq')
  const locks = lockFolder(options.env, project.config.queue_runner.lock_dir)
  const service = findService(project, options.env)
  const remove = [
    ...(service ? [service.file] : []),
    ...databaseFiles(project.database),
    project.logs,
    tokenPath(project),
    serverLockPath(project),
    `${serverLockPath(project)}.tmp`,
    path.join(own, '.gitignore'),
    ...options.queueIds.map(id => lockFilePath(locks, id)),
    ...(options.keepConfig ? [] : [path.join(folder, configFileName)]),
  ]
  const removeIfEmpty = [path.join(own, 'data'), own]
  return {
    remove: remove.filter(isThere),
    removeIfEmpty: removeIfEmpty.filter(isThere),
  }
}

/** @returns the folders that had to stay, as something else lies in them */
export function carryOut({ remove, removeIfEmpty }: Plan): string[] {
  if (remove.length === 0) return []
  for (const file of remove) fs.rmSync(file, { recursive: true, force: true })
  return removeIfEmpty.filter(folder => {
    if (fs.readdirSync(folder).length > 0) return true
    fs.rmdirSync(folder)
    return false
  })
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

function salvage(configFile: string, mistake: string): { project: Project; mistake: string } {
  const places = readPlaces(configFile)
  return {
    project: defaultProject(configFile, places ?? {}),
    mistake: places
      ? `${mistake} Going by the paths that it names.`
      : `${mistake} Going by the default paths; what the file put elsewhere remains.`,
  }
}

function defaultProject(configFile: string, places: Places): Project {
  const folder = path.dirname(configFile)
  const { lock_dir = defaultConfig.queue_runner.lock_dir, database = defaultConfig.database.path } = places
  return {
    configFile,
    configText: '',
    config: { ...defaultConfig, queue_runner: { ...defaultConfig.queue_runner, lock_dir } },
    root: folder,
    database: path.resolve(folder, database),
    logs: path.join(folder, 'sparkq/logs'),
  }
}

const isThere = (file: string): boolean => fs.lstatSync(file, { throwIfNoEntry: false }) !== undefined
