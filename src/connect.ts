import type { Project } from './config.ts'
import type { Api } from './contract/api.ts'
import { SparkqError } from './contract/errors.ts'
import { type Core, createCore } from './core/core.ts'
import { createConfiguration, loadConfig } from './live-config.ts'
import { findPlace } from './remote.ts'
import { openStore, openStoreToLook, type Store } from './store/store.ts'
import { version } from './version.ts'

export { checkUrl, spool } from './remote.ts'

/** `remote`: the Api is a server's; the project is what paths typed here belong to. */
export type Connection = {
  api: Api
  project: Project
  remote: boolean
  /** Who tells what; only where the database is this machine's. */
  notifications?: Core['notifications']
  close(): void
}

/**
 * The Api of the project that `cwd` lies in, on this machine's database; or of the server that `url`, the environment
 * or the project's file names.
 * @param actor who acts, for the audit log
 */
export async function connect({
  actor,
  ...asked
}: {
  cwd: string
  env: NodeJS.ProcessEnv
  url?: string | undefined
  actor: string
}): Promise<Connection> {
  const { project, server } = findPlace(asked)
  if (!server) return connectHere(project, actor)
  const { createHttpClient } = await import('./http/client.ts')
  const client = createHttpClient(server)
  return { api: client, project, remote: true, close: client.close }
}

/**
 * The same for looking only, and quickly: nothing is made, swept or written, no database is brought up to date, and a
 * server that does not answer within `limitMs` is not asked again. Undefined where there is nothing to look at.
 */
export async function connectToLook({
  limitMs,
  ...asked
}: {
  cwd: string
  env: NodeJS.ProcessEnv
  url?: string | undefined
  limitMs: number
}): Promise<Connection | undefined> {
  const { project, server } = findPlace(asked)
  if (server) {
    const { createHttpClient } = await import('./http/client.ts')
    const client = createHttpClient({ ...server, retry: { pausesMs: [] }, silenceMs: limitMs })
    return { api: client, project, remote: true, close: client.close }
  }
  const core = openCoreToLook(project)
  return core && { api: core, project, remote: false, close: core.close }
}

/** The project's database for looking only; undefined where there is none, or one of another version. */
export function openCoreToLook(project: Project): Core | undefined {
  const store = openStoreToLook(project.database)
  return store && coreOn(store, project, 'cli')
}

/**
 * What is overdue is dealt with first: where no server runs, nobody else does it. Where nothing can be written, what is
 * there can still be looked at; whatever would change it says for itself that it cannot.
 */
async function connectHere(project: Project, actor: string): Promise<Connection> {
  const core = openCore(project, actor, { onStale: unlessUnwritable })
  try {
    if (core.isSweepDue()) await core.sweep().catch(unlessUnwritable)
  } catch (error) {
    core.close()
    throw error
  }
  return { api: core, project, remote: false, notifications: core.notifications, close: core.close }
}

/** @throws all but that the place cannot be written now */
function unlessUnwritable(error: unknown): void {
  if (error instanceof SparkqError && ['no_space', 'busy', 'unusable'].includes(error.code)) return
  throw error
}

/**
 * Opens (and where needed makes) the project's database, with the project, tools and classes of its file in it, and its
 * overrides in `project.config`.
 *
 * @property onStale  takes the error where a database that is there cannot be brought in step with the file
 * @property onConfig hears what is different when the configuration changes later, through whomever
 */
export function openCore(
  project: Project,
  actor: string,
  {
    onStale = (error: unknown): void => {
      throw error
    },
    onConfig,
  }: { onStale?: (error: unknown) => void; onConfig?: (changes: string[]) => void } = {},
): Core {
  const store = openStore(project.database)
  try {
    bringInStep(store, project, actor, onStale)
    return coreOn(store, project, actor, onConfig)
  } catch (error) {
    store.close()
    throw error
  }
}

function bringInStep(store: Store, project: Project, actor: string, onStale: (error: unknown) => void): void {
  try {
    loadConfig(store, project, actor)
  } catch (error) {
    if (store.meta.get('config_text') === undefined) throw error
    onStale(error)
  }
}

function coreOn(store: Store, project: Project, actor: string, onConfig?: (changes: string[]) => void): Core {
  const configuration = createConfiguration(store, project, actor, onConfig)
  configuration.refresh()
  const { config, root, logs } = project
  return createCore({ config, projectRoot: root, logs, store, actor, version, configuration })
}
