import fs from 'node:fs'
import path from 'node:path'
import { nearestFolder } from '../attempt-files/space.ts'
import { SparkqError, unusable } from '../contract/errors.ts'
import type { Runner } from '../contract/runners.ts'
import { self } from '../processes/identity.ts'
import { type Turn, work } from './lane-loop.ts'
import type { LaneEnd, LaneOptions } from './lane-options.ts'
import { lockFolder, writeLockFile } from './lock-file.ts'
import { persistentApi } from './persistent.ts'

/** Four of them fit into the silence after which a remote runner is taken for lost. */
const heartbeatMs = 30_000

/**
 * Works one lane: takes its lease, takes up what was left, then task after task. A lease that was lost (a machine that
 * slept) is taken again.
 * @throws conflict when another runner holds the lane
 */
export async function runLane(options: LaneOptions): Promise<LaneEnd> {
  requireWritable(options.logs)
  let done = 0
  for (;;) {
    const turn = await holdLane(options)
    done += turn.done
    if (!turn.lost) {
      options.report({ type: 'ended', done, left: turn.left })
      return { done, left: turn.left }
    }
    options.report({
      type: 'warning',
      message: 'The lane was given up for lost meanwhile; it is taken again.',
    })
  }
}

async function holdLane(options: LaneOptions): Promise<Turn> {
  const { api, report } = options
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
  report({ type: 'started', runner, queue })
  try {
    return await work(patient(options), runner)
  } finally {
    heart?.stop()
    unlock()
    await giveBack(options, runner)
  }
}

/** Asked before a task is claimed: where its output could not be kept, it must stay queued. */
function requireWritable(logs: string): void {
  const folder = path.join(logs, 'tasks')
  try {
    fs.accessSync(nearestFolder(folder), fs.constants.W_OK)
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw unusable(`${folder} cannot be written (${code}).`, `ls -ld ${folder}\ndf -h ${folder}`, error)
  }
}

function lock({ env, config, configFile, report }: LaneOptions, runner: Runner): () => void {
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
async function giveBack({ api, report }: LaneOptions, runner: Runner): Promise<void> {
  try {
    await api.stopRunner({ id: runner.id })
  } catch (error) {
    if (!(error instanceof SparkqError)) throw error
    if (error.code === 'not_found') return
    if (error.code !== 'no_space' && error.code !== 'busy') throw error
    report({ type: 'warning', message: `That this runner has gone could not be recorded: ${error.message}` })
  }
}

/** A server that is away for a while, or a disk that is full, must not end a runner: its task runs on. */
function patient(options: LaneOptions): LaneOptions {
  const tell = (message: string): void => options.report({ type: 'warning', message })
  return { ...options, api: persistentApi(options.api, tell, options.signal) }
}

function beat({ api, report }: LaneOptions, runner: Runner) {
  const timer = setInterval(() => {
    api.heartbeatRunner({ id: runner.id }).catch((error: Error) => {
      report({ type: 'warning', message: `No heartbeat: ${error.message}` })
    })
  }, heartbeatMs)
  return { stop: () => clearInterval(timer) }
}
