import type { Api } from '../contract/api.ts'
import type { ProcessIdentity } from '../contract/attempts.ts'
import type { Config } from '../contract/config.ts'
import { SparkqError } from '../contract/errors.ts'
import type { Queue } from '../contract/queues.ts'
import type { Runner, RunnerMode } from '../contract/runners.ts'
import { self } from '../processes/identity.ts'
import { lockFolder, writeLockFile } from './lock-file.ts'

/** Four of them fit into the silence after which a remote runner is taken for lost. */
const heartbeatMs = 30_000

export type LeaseOptions = {
  api: Api
  queue: string
  mode: RunnerMode
  report: (event: { type: 'warning'; message: string }) => void
  env: NodeJS.ProcessEnv
  configFile: string
  config: Config
  workerId?: string | undefined
  /** The process that starts this runner again when it dies. */
  supervisor?: ProcessIdentity | undefined
  /** The Api is on another machine, which knows of this runner only by its heartbeat. */
  remote?: boolean
}

/**
 * Works with the lease of a lane, which is given back afterwards.
 * @throws conflict when another runner holds the lane
 */
export async function withLease<T>(
  options: LeaseOptions,
  work: (runner: Runner, queue: Queue) => Promise<T>,
): Promise<T> {
  const { api } = options
  const { runner } = await api.startRunner({
    queue_id: options.queue,
    mode: options.mode,
    process: self(),
    ...(options.remote ? { remote: true } : {}),
    ...(options.supervisor ? { supervisor: options.supervisor } : {}),
    ...(options.workerId ? { worker_id: options.workerId } : {}),
  })
  const { queue } = await api.getQueue({ id: runner.queue.id })
  const unlock = lock(options, runner)
  const heart = options.remote ? beat(options, runner) : undefined
  try {
    return await work(runner, queue)
  } finally {
    heart?.stop()
    unlock()
    await giveBack(options, runner)
  }
}

function lock({ env, config, configFile, report }: LeaseOptions, runner: Runner): () => void {
  const folder = lockFolder(env, config.queue_runner.lock_dir)
  try {
    return writeLockFile(folder, runner.queue.id, runner.process, configFile)
  } catch (error) {
    report({
      type: 'warning',
      message: `No lock file could be written in ${folder} (${(error as Error).message}).`,
    })
    return () => {}
  }
}

/** A lane that was deleted took its lease along. One that cannot be given back now is free all the same: we are gone. */
async function giveBack({ api, report }: LeaseOptions, runner: Runner): Promise<void> {
  try {
    await api.stopRunner({ id: runner.id })
  } catch (error) {
    if (!(error instanceof SparkqError)) throw error
    if (error.code === 'not_found') return
    if (error.code !== 'no_space' && error.code !== 'busy') throw error
    report({ type: 'warning', message: `That this runner has gone could not be recorded: ${error.message}` })
  }
}

function beat({ api, report }: LeaseOptions, runner: Runner) {
  const timer = setInterval(() => {
    api.heartbeatRunner({ id: runner.id }).catch((error: Error) => {
      report({ type: 'warning', message: `No heartbeat: ${error.message}` })
    })
  }, heartbeatMs)
  return { stop: () => clearInterval(timer) }
}
