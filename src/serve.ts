import type { Project } from './config.ts'
import { openCore } from './connect.ts'
import type { Api } from './contract/api.ts'
import type { ServerAccess } from './contract/config.ts'
import { SparkqError } from './contract/errors.ts'
import type { Core } from './core/core.ts'
import { createGuard } from './http/guard/guard.ts'
import { ensureToken, readToken } from './http/guard/token.ts'
import { createHttpServer } from './http/server.ts'
import { lookAtOverrides } from './live-config.ts'
import { createLog, type Log } from './log.ts'
import { startNotifier } from './notify/notifier.ts'
import { readPlaybook } from './playbook.ts'
import { type Keeping, keepRunners } from './server/lanes.ts'
import { explainListenError } from './server/listen-error.ts'
import { type Asked, takeServerLock } from './server/lock.ts'
import { startMaintenance } from './server/maintenance.ts'
import { createOrphanCare } from './server/orphans.ts'
import { serverLockPath, tokenPath } from './server/places.ts'
import { createRefusalNotes } from './server/refusals.ts'
import { openStore } from './store/store.ts'
import { version } from './version.ts'

export type Serving = {
  /** Where this machine reaches it, e.g. `http://127.0.0.1:5005`. */
  address: string
  host: string
  port: number
  access: ServerAccess
  /** Answers what is under way, ends what listens to events, stops. May be called twice; the first reason is the one. */
  stop(why?: { reason: string; error?: unknown }): Promise<void>
}

/** `keeping`: the runners it keeps; without it, none. */
export type ServeOptions = { project: Project; keeping?: Keeping } & Partial<Asked>

/** How long a stop may take before what hangs is left behind; longer than stopping a task takes by itself. */
const stopLimitMs = 20_000
/** How long a stop waits for what is being told. */
const tellPatienceMs = 3000
const largestBody = 8 * 1024 * 1024

/**
 * The server of a project, put together: lock, core, guard, HTTP, maintenance. The lock comes first, so that two cannot
 * get in each other's way; its file names the address only when it answers. Stopping goes the other way round.
 * @throws conflict when the project has a server, unusable when it cannot listen where it is to
 */
export async function serve({ project, keeping, ...asked }: ServeOptions): Promise<Serving> {
  const { config } = lookAtOverrides(project)
  const log = createLog({ folder: project.logs })
  const { access } = config.server
  const host = asked.host ?? config.server.host
  const port = asked.port ?? config.server.port
  const undo: Step[] = []
  try {
    const about = { asked: { host: asked.host ?? null, port: asked.port ?? null }, host, access }
    const lock = takeLock(project, about)
    undo.push(lock.release)

    const core = openCore(project, 'server', {
      onConfig: changes => {
        lock.publish({ access: config.server.access })
        log({ type: 'reloaded', changes })
      },
    })
    undo.push(core.close)

    const notifier = await startNotifier({
      ...{ api: core, ledger: core.notifications, project, env: process.env },
      onTrouble: reason => log({ type: 'notify_failed', reason }),
    })
    undo.push(() => notifier.stop(tellPatienceMs))

    const tokenFile = tokenPath(project)
    ensureToken(tokenFile)
    const guard = createGuard({
      // A reload changes what is in the config.
      get access() {
        return config.server.access
      },
      get allowedHosts() {
        return config.server.allowed_hosts
      },
      token: () => readToken(tokenFile),
      port: () => http.address()?.port ?? 0,
      maxBodyBytes: largestBody,
      onError: error => log({ type: 'failed', where: 'the guard', error }),
    })
    const refusals = createRefusalNotes(guard, log)
    undo.push(refusals.flush)
    const api = watchReload(core, log)
    const http = await createHttpServer({
      api,
      guard,
      onError: error => log({ type: 'failed', where: 'a request', error }),
      version,
      mcp: async () => {
        const { createMcpDoor } = await import('./mcp/http.ts')
        return createMcpDoor({
          use: action => action(api),
          readPlaybook: () => readPlaybook(project),
          version,
          onBug: error => log({ type: 'failed', where: 'a tool', error }),
        })
      },
      bodyLimit: largestBody,
    })
    undo.push(http.close)
    const bound = await http.listen({ host, port }).catch(error => {
      throw explainListenError(error, host, port)
    })
    const address = addressFor(host, bound.port)
    // Before anybody knows where it is: who finds it may tell it which lanes to work.
    if (keeping) undo.push(keepRunners(core, project, log, keeping).stop)
    lock.publish({ address })

    const maintenance = startMaintenance({
      core,
      config,
      log,
      settleOrphans: createOrphanCare({
        api: core,
        ...{ config, root: project.root, logs: project.logs, configFile: project.configFile },
        onTrouble: (queue, error) =>
          log({ type: 'failed', where: `settling what was left in "${queue.name}"`, error }),
        onSettled: task => log({ type: 'settled', task: task.friendly_id, status: task.status }),
      }),
      noteRefusals: refusals.note,
      beat: lock.beat,
    })
    undo.push(maintenance.stop)
    log({ type: 'server_started', address, pid: process.pid, version, access })

    let stopped: Promise<void> | undefined
    return {
      address,
      host,
      port: bound.port,
      access,
      stop: (why = { reason: 'it was told to' }) => {
        stopped ??= end(undo, log, why)
        return stopped
      },
    }
  } catch (error) {
    await unwind(undo, log)
    noteFailedStart(log, error)
    throw error
  }
}

async function end(undo: Step[], log: Log, { reason, error }: { reason: string; error?: unknown }) {
  if (error !== undefined) log({ type: 'failed', where: 'the server', error })
  await unwind(undo, log)
  log({ type: 'server_stopped', pid: process.pid, reason })
}

/** That there is a server already is nothing to note. */
function noteFailedStart(log: Log, error: unknown): void {
  if (error instanceof SparkqError && error.code === 'conflict') return
  if (!(error instanceof SparkqError) || error.code === 'internal') {
    log({ type: 'failed', where: 'starting the server', error })
  } else log({ type: 'server_not_started', pid: process.pid, reason: error.message })
}

type Step = () => void | Promise<void>

/** The database is what all who want the lock have in common. It is opened for this alone, and closed again. */
function takeLock(project: Project, about: Parameters<typeof takeServerLock>[1]) {
  const store = openStore(project.database)
  try {
    return takeServerLock(serverLockPath(project), about, store.transaction)
  } finally {
    store.close()
  }
}

/** A reload that is refused is written down: whoever asked for it may not be the one who edits the file. */
function watchReload(core: Core, log: Log): Api {
  return {
    ...core,
    reload: async () => {
      try {
        return await core.reload()
      } catch (error) {
        if (error instanceof SparkqError) log({ type: 'reload_refused', reason: error.message })
        throw error
      }
    },
  }
}

/** Where this machine reaches a server that listens on `host`. */
function addressFor(host: string, port: number): string {
  const name = { '0.0.0.0': '127.0.0.1', '::': '[::1]' }[host] ?? (host.includes(':') ? `[${host}]` : host)
  return `http://${name}:${port}`
}

/** The last step first. One that fails or hangs does not keep the others from being done. */
async function unwind(steps: Step[], log: Log): Promise<void> {
  const begun = performance.now()
  for (const step of steps.splice(0).reverse()) {
    try {
      await within(step, stopLimitMs - (performance.now() - begun), () =>
        log({ type: 'stop_slow', waited_s: stopLimitMs / 1000 }),
      )
    } catch (error) {
      log({ type: 'failed', where: 'stopping', error })
    }
  }
}

async function within(step: Step, ms: number, onLate: () => void): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>(resolve => {
    timer = setTimeout(
      () => {
        onLate()
        resolve()
      },
      Math.max(0, ms),
    )
  })
  await Promise.race([step(), late]).finally(() => clearTimeout(timer))
}
