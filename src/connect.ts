import { effectiveConfig, type Project, readProject } from './config.ts'
import { describeChanges } from './config-changes.ts'
import type { Api } from './contract/api.ts'
import type { Config } from './contract/config.ts'
import { SparkqError } from './contract/errors.ts'
import { newId } from './contract/ids.ts'
import { timestamp } from './contract/time.ts'
import { type Core, createCore } from './core/core.ts'
import { findPlace } from './remote.ts'
import { openStore, openStoreToLook, type Store } from './store/store.ts'
import { version } from './version.ts'

export { spool } from './remote.ts'

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
  return store && createCore({ ...placesOf(project), store, actor: 'cli', version, reload: () => [] })
}

/**
 * What is overdue is dealt with first: where no server runs, nobody else does it. Where nothing can be written, what is
 * there can still be looked at; whatever would change it says for itself that it cannot.
 */
async function connectHere(project: Project, actor: string): Promise<Connection> {
  const core = openCore(project, actor, unlessUnwritable)
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
 * Opens (and where needed makes) the project's database, with the project, tools and classes of its file in it.
 * @param onStale takes the error where a database that is there cannot be brought in step with the file
 */
export function openCore(
  project: Project,
  actor: string,
  onStale = (error: unknown): void => {
    throw error
  },
): Core {
  const store = openStore(project.database)
  try {
    bringInStep(store, project, actor, onStale)
  } catch (error) {
    store.close()
    throw error
  }
  return createCore({
    ...placesOf(project),
    store,
    actor,
    version,
    reload: () => reload(store, project, actor),
  })
}

function bringInStep(store: Store, project: Project, actor: string, onStale: (error: unknown) => void): void {
  try {
    loadConfig(store, project, actor)
  } catch (error) {
    if (store.meta.get('config_text') === undefined) throw error
    onStale(error)
  }
}

const placesOf = ({ config, root, logs }: Project) => ({ config, projectRoot: root, logs })

/**
 * Applies a project's file to its database, where no server does.
 * @returns what is different from what was applied before
 */
export function applyConfig(project: Project, actor: string): string[] {
  const store = openStore(project.database)
  try {
    const before = store.meta.get('config_text')
    loadConfig(store, project, actor)
    return describeChanges(lastConfig(before, project), project.config)
  } finally {
    store.close()
  }
}

/** What an earlier SparkQ accepted may not be accepted any more. */
function lastConfig(text: string | undefined, { configFile }: Project): Config {
  try {
    return effectiveConfig(text ?? '', configFile)
  } catch (error) {
    if (error instanceof SparkqError) return effectiveConfig('', configFile)
    throw error
  }
}

/** Reads the file again; only when all of it is right does any of it count. */
function reload(store: Store, project: Project, actor: string): string[] {
  const fresh = readProject(project.configFile)
  const changes = describeChanges(project.config, fresh.config)
  loadConfig(store, fresh, actor)
  // The rules hold on to this object: what is in it is what counts.
  Object.assign(project.config, fresh.config)
  return changes
}

/** Brings tools, classes and the project's row in step with the file, where its text has changed since the last time. */
function loadConfig(store: Store, { config, configText, root }: Project, actor: string): void {
  if (store.meta.get('config_text') === configText) return
  const at = timestamp(Date.now())
  store.transaction(() => {
    const { name, prd_path } = config.project
    const project = store.projects.get()
    const fields = { name, repo_path: root, prd_path, now: at }
    if (project) store.projects.update({ ...fields, id: project.id })
    else store.projects.insert({ ...fields, id: newId('project') })
    store.tools.replaceFileRows(
      Object.entries(config.tools).map(([tool, it]) => ({
        name: tool,
        description: it.description ?? null,
        task_class: it.task_class,
        timeout: it.timeout ?? null,
      })),
      Object.entries(config.task_classes).map(([taskClass, it]) => ({
        name: taskClass,
        timeout: it.timeout,
        description: it.description ?? null,
      })),
    )
    // Claims of all processes are counted together, so they have to hold one number, not each what its start-up read.
    store.meta.set('max_running', JSON.stringify(config.limits.max_running))
    store.meta.set('config_text', configText)
    store.audit.append({ at, event: 'config.loaded', actor })
  })
}
