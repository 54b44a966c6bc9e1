import fs from 'node:fs'
import path from 'node:path'
import { configFileName, findConfigFile, findProject, type Project } from '../../config.ts'
import { readProjectAnyhow } from '../../config-anyhow.ts'
import { openCore } from '../../connect.ts'
import type { Api } from '../../contract/api.ts'
import { listLeft } from '../../contract/begun.ts'
import { SparkqError } from '../../contract/errors.ts'
import type { Runner } from '../../contract/runners.ts'
import { asLastTaken } from '../../live-config.ts'
import { liveness } from '../../processes/identity.ts'
import { findServer } from '../../server/lock.ts'
import { serverLockPath } from '../../server/places.ts'
import { stopServer } from '../../server/stop.ts'
import { cancelAndWait } from '../cancel-and-wait.ts'
import { type Context, defineCommand } from '../command.ts'
import { endLine } from '../end-line.ts'
import { queueOption } from '../options.ts'
import { sayNoServer, sayStopping } from '../server-text.ts'
import { stopLane } from '../stop-lane.ts'
import { stopRunner } from '../stop-work.ts'
import type { Terminal } from '../terminal.ts'

const options = {
  queue: { ...queueOption, describe: 'stop the runner of this lane instead, after its task' },
  now: { type: 'flag', describe: 'cancel what runs, too' },
} as const

export const command = defineCommand({
  summary: 'Stop the server with its runners, or the runner of a lane.',
  options,
  notes: `The server answers requests under way first, and its runners go. Tasks go on, and the next runner of their lane takes
them up; with --now they are cancelled.
The runner of a lane goes after its task, and the server starts no other one until "sparkq start --queue NAME". Who asks
for --now gets the task cancelled first.`,
  examples: ['sparkq stop', 'sparkq stop --now', 'sparkq stop --queue auth'],
  local: true,
  run: async context => {
    const { options, terminal, cwd, env } = context
    const { queue, now } = options
    if (queue !== undefined) {
      const project = findProject(cwd, env)
      return withCore(project, api => stopLane(api, project.config, terminal, queue, now))
    }
    const project = findAnyhow(context)
    // What cannot be looked up (a damaged database) must not keep the server from being stopped.
    const kept = await listKept(project).catch(error => {
      terminal.err.line(`Its runners cannot be looked up: ${(error as Error).message}`)
      return { runners: [], lanes: new Set<string>() }
    })
    const stopped = await stopServer(serverLockPath(project), sayStopping(terminal))
    if (stopped) terminal.out.line(`Stopped the server (process ${stopped.process.pid}).`)
    // A server that was killed has left its runners.
    const orphans = kept.runners.filter(it => liveness(it.process) === 'alive')
    for (const { process: runner, queue } of orphans) {
      await stopRunner(runner)
      terminal.out.line(
        `Stopped the runner of "${queue.name}" (process ${runner.pid}), which no server kept.`,
      )
    }
    if (!stopped && orphans.length === 0) sayNoServer(terminal)
    // Only now it is known what they have left: until they went, they went on to the next task.
    else await settle(context, project, kept.lanes)
  },
})

/** A file that is broken, or gone while its server runs, must not keep the server from being stopped. */
function findAnyhow({ terminal, cwd, env }: Pick<Context, 'terminal' | 'cwd' | 'env'>): Project {
  try {
    return findProject(cwd, env)
  } catch (error) {
    if (!(error instanceof SparkqError)) throw error
    const file = findFileAnyhow(cwd, env)
    if (file === undefined) throw error
    const { project, guessed } = readProjectAnyhow(path.dirname(file), path.basename(file))
    terminal.err.line(
      `${error.message} Going by the ${guessed || !fs.existsSync(file) ? 'default paths' : 'paths that it names'}.`,
    )
    return fs.existsSync(project.database) ? lastTaken(project) : project
  }
}

/** A damaged database tells nothing, which is said where it is asked for the runners. */
function lastTaken(project: Project): Project {
  try {
    return asLastTaken(project)
  } catch {
    return project
  }
}

/** Where the file is, or was: a server that runs has left its lock beside it. */
function findFileAnyhow(cwd: string, env: NodeJS.ProcessEnv): string | undefined {
  try {
    return findConfigFile(cwd, env)
  } catch (error) {
    if (!(error instanceof SparkqError)) throw error
    const file = path.resolve(cwd, env.SPARKQ_CONFIG || configFileName)
    const { project } = readProjectAnyhow(path.dirname(file), path.basename(file))
    return findServer(serverLockPath(project)) ? file : undefined
  }
}

/** The runners of this machine that a server keeps, or has left behind, and all lanes that it works. */
async function listKept(project: Project): Promise<{ runners: Runner[]; lanes: Set<string> }> {
  if (!fs.existsSync(project.database)) return { runners: [], lanes: new Set() }
  return withCore(project, async api => {
    const holder = findServer(serverLockPath(project))
    const runners = (await api.listRunners()).runners.filter(({ supervisor, lost }) => {
      if (supervisor === null || lost) return false
      return supervisor.pid === holder?.process.pid || liveness(supervisor) === 'dead'
    })
    return { runners, lanes: new Set(runners.map(it => it.queue.id)) }
  })
}

async function settle(
  { options: typed, terminal }: Context<Record<never, never>, typeof options>,
  project: Project,
  lanes: Set<string>,
): Promise<void> {
  if (lanes.size === 0) return
  await withCore(project, async api => {
    const left = (await listLeft(api)).filter(({ task }) => lanes.has(task.queue.id))
    const names = left.map(({ task }) => task.friendly_id)
    if (names.length === 0) return
    if (typed.now) return cancelAll(api, terminal, names)
    const go =
      names.length === 1
        ? 'goes on; the next runner of its lane takes it up'
        : 'go on; the next runners take them up'
    terminal.err.line(`${names.join(', ')} ${go}.`)
  })
}

async function cancelAll(api: Api, terminal: Terminal, tasks: string[]): Promise<void> {
  for (const id of tasks) {
    if ((await api.getTask({ id })).task.status !== 'running') continue
    const ended = await cancelAndWait(api, id, task => terminal.err.line(`Stopping ${task.friendly_id} …`))
    terminal.out.line(endLine(terminal, ended))
  }
}

async function withCore<T>(project: Project, work: (api: Api) => Promise<T>): Promise<T> {
  const core = openCore(project, 'cli')
  try {
    return await work(core)
  } finally {
    core.close()
  }
}
