import fs from 'node:fs'
import path from 'node:path'
import { findShortage, nearestFolder } from '../attempt-files/space.ts'
import type { Api } from '../contract/api.ts'
import type { ProcessIdentity } from '../contract/attempts.ts'
import type { Config } from '../contract/config.ts'
import { SparkqError, unusable } from '../contract/errors.ts'
import type { Event } from '../contract/events.ts'
import { randomWord } from '../contract/ids.ts'
import type { Queue } from '../contract/queues.ts'
import type { Runner, RunnerMode } from '../contract/runners.ts'
import type { Space } from '../contract/space.ts'
import type { ClaimRefusal, Task } from '../contract/tasks.ts'
import { self } from '../processes/identity.ts'
import { adoptRunning } from './adopt.ts'
import { createBell, createPlaceBell } from './bell.ts'
import { listen } from './ears.ts'
import { type Bench, execute, type InHand } from './execute.ts'
import { createKeepAwake } from './keep-awake.ts'
import { lockFolder, writeLockFile } from './lock-file.ts'
import { persistentApi } from './persistent.ts'
import type { Report } from './report.ts'
import { createToolbox, type Toolbox } from './toolbox.ts'

/** How often a runner looks whether a full disk has room again. */
const lookForRoomMs = 2000

/** Four of them fit into the silence after which a remote runner is taken for lost. */
const heartbeatMs = 30_000

export type LaneOptions = {
  api: Api
  queue: string
  mode: RunnerMode
  report: Report
  /** Aborts when the runner is to go. A task that runs is left running, for the next runner to take up. */
  signal: AbortSignal
  env: NodeJS.ProcessEnv
  root: string
  logs: string
  configFile: string
  config: Config
  workerId?: string | undefined
  /** The process that starts this runner again when it dies. */
  supervisor?: ProcessIdentity | undefined
  /** The Api is on another machine, which knows of this runner only by its heartbeat. */
  remote?: boolean
}

/** How a lane's work came to its end: how many tasks were done, and which one was left running. */
export type LaneEnd = { done: number; left: Task | null }

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

type Turn = LaneEnd & { lost?: boolean }

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

async function work(options: LaneOptions, runner: Runner): Promise<Turn> {
  const { api, mode, signal, config, report } = options
  const bell = createBell(signal)
  const place = createPlaceBell(bell)
  const hand = createHand()
  const leave = createLeave(runner)
  const warn = (message: string): void => report({ type: 'warning', message })
  const awake = createKeepAwake({ wanted: config.queue_runner.keep_awake, env: options.env, warn })
  const toolbox = createToolbox(api)
  const bench = createBench(options, toolbox, run => {
    hand.hold(run)
    awake.hold(run?.task)
  })
  const ears = listen(api, {
    onEvent: event => {
      place.hear(event)
      if (toolbox.hear(event)) bell.ring()
      if (event.queue_id !== runner.queue.id) return
      if (event.event === 'task.cancel_requested') hand.cancel(event.task_id)
      leave.hear(event)
      bell.ring()
    },
    onGap: () => {
      toolbox.forget()
      void Promise.all([hand.ask(api), leave.ask(api)])
        .catch((error: Error) => warn(error.message))
        .finally(() => bell.ring())
    },
    onTrouble: warn,
  })
  const tellWaiting = createWaitingNote(options, runner)
  let done = 0
  try {
    const adopted = await adoptRunning(bench, runner.queue)
    done = adopted.done
    if (adopted.left || (mode === 'once' && done > 0)) return adopted
    // It may have been asked before anyone listened.
    await leave.ask(api)
    while (!signal.aborted && !leave.isAsked()) {
      bell.reset()
      place.reset()
      const claim = await claimNext(options, runner, toolbox).catch(whenGone)
      if (claim === 'lost') return { done, left: null, lost: true }
      if (claim === 'deleted') {
        report({ type: 'warning', message: `The lane "${runner.queue.name}" was deleted.` })
        break
      }
      if (claim.task) {
        const ended = await execute(bench, claim.task, claim.key)
        if (!ended) return { done, left: claim.task }
        done++
        if (mode === 'once') break
        continue
      }
      if (claim.because === 'stopping') break
      const queue = await tellWaiting(claim)
      if (isClosed(queue) || !staysFor(mode, claim)) break
      if (claim.because === 'max_running') place.listen()
      const rang = await bell.wait(claim.retryAt, howLong(options, claim))
      // What is due by time (a lane's resume_at) is nobody's event: a sweep makes it one.
      if (!rang && !signal.aborted) await api.sweep()
    }
    return { done, left: null }
  } finally {
    awake.stop()
    await ears.stop()
  }
}

type NoTask = { task: null; because: ClaimRefusal; retryAt: string | null; space?: Space | null }
type Claim = { task: Task; key: string } | NoTask

/** The claim's key is the mark that all processes of this attempt bear: known before any of them exists. */
async function claimNext(
  { api, remote, logs, config }: LaneOptions,
  runner: Runner,
  toolbox: Toolbox,
): Promise<Claim> {
  // What is executed here is first kept here: of this disk the server knows nothing.
  const space = remote ? findShortage([logs], config.limits.min_free_mb) : null
  if (space && (await api.peekQueue({ id: runner.queue.id })).task)
    return { task: null, because: 'no_space', retryAt: null, space }
  const key = `mark_${randomWord(20)}`
  const answer = await api.claimTask({
    id: runner.queue.id,
    worker_id: runner.worker_id,
    runner_id: runner.id,
    claim_key: key,
    tools: await toolbox.names(),
  })
  if (answer.task) return { task: answer.task, key }
  return { task: null, because: answer.none_because ?? 'empty', retryAt: answer.retry_at }
}

/** Nobody tells when a disk has room again. */
function howLong({ config }: LaneOptions, { because }: NoTask): number {
  return because === 'no_space' ? lookForRoomMs : config.queue_runner.poll_interval * 1000
}

/** Nothing will ever be claimed from it again, or not before a person brings it back. */
const isClosed = ({ status }: Queue): boolean => status === 'ended' || status === 'archived'

/**
 * Until empty includes a retry whose time will come, room on a disk, and what only waits for other lanes; a task that its
 * user delayed is left for another day.
 */
function staysFor(mode: RunnerMode, { because, retryAt }: NoTask): boolean {
  if (mode !== 'run') return mode === 'watch'
  return because === 'max_running' || because === 'no_space' || (because === 'waiting' && retryAt !== null)
}

/** A claim is refused when the lane is no longer this runner's, or no longer there. */
function whenGone(error: unknown): 'deleted' | 'lost' {
  if (error instanceof SparkqError && error.code === 'not_found') return 'deleted'
  if (error instanceof SparkqError && error.code === 'conflict') return 'lost'
  throw error
}

/** The run in hand, and whether its end was asked for, be it before it was in hand. */
function createHand() {
  let run: InHand | undefined
  let cancelled: string | null = null
  return {
    hold: (next: InHand | undefined): void => {
      run = next
      if (run && run.task.id === cancelled) run.stop('cancelled')
    },
    /** What was not heard is asked for: whether the task in hand is to be cancelled. */
    ask: async (api: Api): Promise<void> => {
      const { task } = run ? await api.getTask({ id: run.task.id }) : { task: undefined }
      if (task?.cancel_requested_at && task.id === run?.task.id) run.stop('cancelled')
    },
    cancel: (taskId: string | null): void => {
      cancelled = taskId
      if (run?.task.id === taskId) run?.stop('cancelled')
    },
  }
}

/** Whether this runner was asked to go once its task has ended (`sparkq stop --queue`). */
function createLeave({ id }: Runner) {
  let asked = false
  return {
    isAsked: (): boolean => asked,
    hear: ({ event, data }: Event): void => {
      asked ||= event === 'runner.stop_requested' && (data as { runner_id?: string } | null)?.runner_id === id
    },
    /** What was not heard is asked for. */
    ask: async (api: Api): Promise<void> => {
      const { runners } = await api.listRunners()
      asked ||= runners.some(it => it.id === id && it.stop_requested_at !== null)
    },
  }
}

/** Says why the lane stands still, once per reason. @returns the lane as it is now */
function createWaitingNote({ api, report }: LaneOptions, runner: Runner) {
  let told = ''
  return async ({ because, retryAt, space: here }: NoTask): Promise<Queue> => {
    const { id } = runner.queue
    const { queue } = await api.getQueue({ id })
    const { task: next } = because === 'other_tool' ? await api.peekQueue({ id }) : { task: null }
    // When a place will be free nobody knows: a time is only when to ask again.
    const until = because === 'max_running' ? null : retryAt
    const key = `${because} ${until} ${next?.id} ${queue.status}`
    if (key !== told) {
      const space = because === 'no_space' ? (here ?? (await api.getHealth()).space) : null
      report({ type: 'waiting', queue, because, next, until, space })
    }
    told = key
    return queue
  }
}

/** What the configuration says is asked when it is needed: it may change while the lane is worked. */
function createBench(options: LaneOptions, toolbox: Toolbox, onRun: Bench['onRun']): Bench {
  const { api, report, signal, env, root, logs, configFile, config, remote = false } = options
  return {
    api,
    report,
    signal,
    env,
    root,
    logs,
    configFile,
    get stopGraceMs() {
      return config.limits.stop_grace * 1000
    },
    get stall() {
      return { afterMs: config.limits.stall_after * 1000, onStall: config.limits.on_stall }
    },
    get maxOutputBytes() {
      return config.limits.max_output_mb * 1024 * 1024
    },
    commandOf: toolbox.commandOf,
    remote,
    onRun,
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
