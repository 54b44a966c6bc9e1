import fs from 'node:fs'
import path from 'node:path'
import { configFileName, type Places, type Project, readPlaces, readProject } from './config.ts'
import { defaultConfig } from './contract/config.ts'
import { SparkqError } from './contract/errors.ts'

/**
 * A project whose config may have a mistake: its paths then count as far as they can be read.
 *
 * @property mistake what is wrong with it
 * @property guessed not even its paths can be read: they are the default ones
 */
export type ProjectAnyhow = { project: Project; mistake: string | undefined; guessed: boolean }

/** The project of this very folder, whatever its config says: for what has to work beside a broken one. */
export function readProjectAnyhow(folder: string, name = configFileName): ProjectAnyhow {
  const configFile = path.join(folder, name)
  const fine = { mistake: undefined, guessed: false }
  if (!fs.existsSync(configFile)) return { project: defaultProject(configFile, {}), ...fine }
  try {
    return { project: readProject(configFile), ...fine }
  } catch (error) {
    if (!(error instanceof SparkqError)) throw error
    const places = readPlaces(configFile)
    const project = defaultProject(configFile, places ?? {})
    return { project, mistake: error.message, guessed: places === undefined }
  }
}

function defaultProject(configFile: string, places: Places): Project {
  const folder = path.dirname(configFile)
  const { lock_dir = defaultConfig.queue_runner.lock_dir, database = defaultConfig.database.path } = places
  return {
    configFile,
    configText: '',
    file: {},
    config: { ...defaultConfig, queue_runner: { ...defaultConfig.queue_runner, lock_dir } },
    root: folder,
    database: path.resolve(folder, database),
    logs: path.join(folder, 'sparkq/logs'),
  }
}
