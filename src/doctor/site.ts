import fs from 'node:fs'
import path from 'node:path'
import { configFileName, findConfigFile, type Project } from '../config.ts'
import { readProjectAnyhow } from '../config-anyhow.ts'
import { SparkqError } from '../contract/errors.ts'
import { shellArgument } from '../contract/shell-word.ts'
import { type Inspection, inspectDatabase } from '../store/inspect.ts'

/** What is looked at. */
export type Site = {
  cwd: string
  env: NodeJS.ProcessEnv
  project: Project
  /** Whether there is a project at all: a config, or a database where one would be. */
  isProject: boolean
  hasConfig: boolean
  /** What is wrong with the config; its paths then count as far as they can be read. */
  mistake: string | undefined
  /** Look longer, and at more. */
  full: boolean
  /** The database, opened when it is first asked for. @throws what keeps it from being read, in full */
  database(): Inspection
  /** The same for whoever has to do with what is in it. @throws that it cannot be read; why is the database's own check */
  inspect(): Inspection
  /** As it is typed here: relative where that is shorter, quoted where a shell needs it. */
  typed(file: string): string
  close(): void
}

type Asked = { cwd: string; env: NodeJS.ProcessEnv; full: boolean }

export function openSite({ cwd, env, full }: Asked): Site {
  const configFile = findConfig(cwd, env)
  const { project, mistake } = readProjectAnyhow(path.dirname(configFile), path.basename(configFile))
  const hasConfig = fs.existsSync(configFile)
  let opened: Inspection | undefined
  let problem: unknown
  const database = (): Inspection => {
    if (problem !== undefined) throw problem
    try {
      opened ??= inspectDatabase(project.database)
      return opened
    } catch (error) {
      problem = error
      throw error
    }
  }
  return {
    ...{ cwd, env, full, project, mistake, hasConfig },
    isProject: hasConfig || fs.existsSync(project.database),
    database,
    inspect: () => {
      try {
        return database()
      } catch (error) {
        throw new SparkqError('unusable', 'the database cannot be read.', { cause: error })
      }
    },
    typed: file => {
      const relative = path.relative(cwd, file)
      return shellArgument(relative === '' || relative.length < file.length ? relative || '.' : file)
    },
    close: () => opened?.close(),
  }
}

/** Where there is none, the one that would be here. */
function findConfig(cwd: string, env: NodeJS.ProcessEnv): string {
  try {
    return findConfigFile(cwd, env)
  } catch (error) {
    if (!(error instanceof SparkqError)) throw error
    return env.SPARKQ_CONFIG ? path.resolve(cwd, env.SPARKQ_CONFIG) : path.join(cwd, configFileName)
  }
}
