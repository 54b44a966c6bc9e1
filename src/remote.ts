import { createHash } from 'node:crypto'
import os from 'node:os'
import path from 'node:path'
import { configFileName, findProject, type Project } from './config.ts'
import { defaultConfig } from './contract/config.ts'
import { invalid, SparkqError } from './contract/errors.ts'

/** The project that paths typed here belong to, and the server that is asked instead of its database, if one is. */
export type Place = { project: Project; server: { url: string; token: string | undefined } | undefined }

type Asked = { cwd: string; env: NodeJS.ProcessEnv; url?: string | undefined }

/** Which server is meant: `--url`, else `SPARKQ_URL`, else `queue_runner.base_url` of the project here, else none. */
export function findPlace({ cwd, env, url }: Asked): Place {
  const named = url ?? (env.SPARKQ_URL || undefined)
  const project = named === undefined ? findProject(cwd, env) : projectOrFolder(cwd, env)
  const address = named ?? project.config.queue_runner.base_url ?? undefined
  if (address === undefined) return { project, server: undefined }
  const server = { url: checkUrl(address), token: env.SPARKQ_TOKEN || undefined }
  return { project: { ...project, logs: spool(server.url, env) }, server }
}

/** Where a server is asked, no project is needed here: paths then belong to the working directory. */
function projectOrFolder(cwd: string, env: NodeJS.ProcessEnv): Project {
  try {
    return findProject(cwd, env)
  } catch (error) {
    if (!(error instanceof SparkqError) || error.code !== 'not_found') throw error
    const configFile = path.join(cwd, configFileName)
    return {
      configFile,
      configText: '',
      file: {},
      config: structuredClone(defaultConfig),
      root: cwd,
      database: '',
      logs: '',
    }
  }
}

/** @returns its origin */
export function checkUrl(text: string): string {
  const url = URL.parse(text)
  const isPlain = url && url.pathname === '/' && !url.username && !url.password && !url.search && !url.hash
  if (isPlain && /^https?:$/.test(url.protocol) && url.hostname !== '') return url.origin
  throw invalid(`"${text}" is not the address of a SparkQ server.`, { hint: '--url http://HOST:5005' })
}

/** Where a runner keeps what its tasks write until the server has it: the same folder each time for one server. */
export function spool(url: string, env: NodeJS.ProcessEnv): string {
  const state = env.XDG_STATE_HOME || path.join(env.HOME || os.homedir(), '.local/state')
  return path.join(state, 'sparkq', createHash('sha256').update(url).digest('hex').slice(0, 12))
}
