import fs from 'node:fs'
import { type AttemptFiles, attemptFiles } from '../attempt-files/paths.ts'
import { lastLine, readReport } from '../attempt-files/result.ts'
import type { Api } from '../contract/api.ts'
import type { Attempt, Ending, OutputStream, StopCause, StopReport } from '../contract/attempts.ts'
import { SparkqError } from '../contract/errors.ts'
import type { Task } from '../contract/tasks.ts'
import { elapsed, timestamp } from '../contract/time.ts'
import { type Command, planCommand } from './command.ts'
import { taskEnvironment } from './environment.ts'
import { createFlags } from './flags.ts'
import { createOutputCap } from './output-cap.ts'
import { watchOutput } from './output-watch.ts'
import type { Report } from './report.ts'
import { watchStall } from './stall-watch.ts'
import { createStopping, type Stopping } from './stopping.ts'
import { createTimers, throttle } from './timers.ts'
import { createUpload } from './upload.ts'
import { type RunEnd, watchRun } from './watch-run.ts'
import { type Started, startWrapped } from './wrapper.ts'

/** What every run of a lane needs. */
export type Bench = {
  api: Api
  report: Report
  /** Aborts when the runner is to go: what runs is then left running. */
  signal: AbortSignal
  env: NodeJS.ProcessEnv
  /** What paths in payloads are relative to. */
  root: string
  logs: string
  configFile: string
  /** What a stop allows a task to end by itself; asked when it is stopped. */
  readonly stopGraceMs: number
  /** After how long without a sign of life a task is stalled (0: never), and what becomes of it then. */
  stall: { afterMs: number; onStall: 'flag' | 'fail' }
  /** How much of an attempt's output is kept, in bytes. */
  readonly maxOutputBytes: number
  /** The command template of a tool that has one. */
  commandOf(tool: string): Promise<readonly string[] | null>
  /** The Api is on another machine: output is kept here only until it is there. */
  remote: boolean
  /** Tells how the run in hand is stopped; undefined when there is none (any more). */
  onRun(run: InHand | undefined): void
}

export type InHand = { task: Task; stop: (cause: StopCause) => void }

/** How often the last line of output is shown at most. */
const showLineEveryMs = 100

/**
 * Executes a task that was just claimed: plan, start, follow to its end, report.
 * @returns the task as it ended; undefined when the runner had to go first and left it running
 */
export async function execute(bench: Bench, task: Task, claimKey: string): Promise<Task | undefined> {
  const claimedAt = performance.now()
  const files = attemptFiles(bench.logs, task.id, task.attempt as number)
  const template = await bench.commandOf(task.tool_name)
  const plan = planCommand(task, template, bench.root)
  if ('kind' in plan) return finish(bench, task, files, { ending: plan })

  const env = taskEnvironment(bench, task, plan.env, claimKey, files)
  const started = await start(plan, env, files)
  if ('kind' in started) return finish(bench, task, files, { ending: started })

  const { attempt } = await bench.api.startAttempt({
    id: task.id,
    attempt: task.attempt as number,
    process: started.wrapper,
    command: plan.argv,
    cwd: plan.cwd,
  })
  return follow(bench, { task, attempt, files, started, claimedAt })
}

/** A run in progress. `started` is there only where this runner started it. `claimedAt` is by `performance.now()`. */
export type Running = {
  task: Task
  attempt: Attempt
  files: AttemptFiles
  started?: Started
  claimedAt: number
}

/** Sees a run to its end, whether this runner started it or found it. */
export async function follow(bench: Bench, run: Running): Promise<Task | undefined> {
  const { task, attempt, files, started } = run
  const stopping = createStopping(bench, task, attempt, files)
  const watching = watch(bench, run, stopping)
  bench.onRun({ task, stop: stopping.begin })
  bench.report({ type: 'task_started', task, adopted: started === undefined })
  const asked = attempt.stop_cause ?? (task.cancel_requested_at ? 'cancelled' : null)
  if (asked) stopping.begin(asked)

  try {
    const end = await watchRun(stopping.tree, files, bench.signal, started?.exited)
    if (end === 'left') return undefined
    const stop = await stopping.done()
    const warnings = await watching.end()
    await watching.upload?.flush().catch(unlessOver)
    const ending = endingOf(end, stopping.cause(), attempt)
    return await finish(bench, task, files, { ending, warnings, stop, endedAt: end.status.endedAt })
  } finally {
    watching.stop()
    started?.letGo()
    bench.onRun(undefined)
  }
}

/**
 * Everything that accompanies a run. `stop` ends it, after the last look at the output; it may be called twice. `end`
 * does so too, and brings the output to the size it is to have. @returns what there is to say of it
 */
function watch(bench: Bench, run: Running, stopping: Stopping) {
  const { task, files } = run
  const upload = bench.remote ? createUpload(bench.api, bench.report, task, files) : undefined
  const warnings: string[] = []
  const timers = createTimers()
  const flags = createFlags(bench, task)
  timers.in(untilMs(run, task.warns_at), flags.stale)
  timers.in(untilMs(run, task.stops_at), () => stopping.begin('timeout'))
  const unwatchStall = watchStall({
    adopted: run.started === undefined,
    stalled: task.stalled_at !== null,
    afterMs: bench.stall.afterMs,
    files,
    members: stopping.members,
    onStalled: idleMs => {
      flags.stalled(idleMs)
      if (bench.stall.onStall === 'fail') stopping.begin('stalled')
    },
    onRevived: flags.revived,
  })
  const showLine = throttle(() => {
    const line = lastLine(files, 'stdout') ?? lastLine(files, 'stderr')
    if (line !== undefined) bench.report({ type: 'output', task, line })
  }, showLineEveryMs)
  const cap = createOutputCap(files, bench.maxOutputBytes)
  const onGrowth = (sizes: Record<OutputStream, number>): void => {
    cap.grown(sizes)
    showLine.call()
    upload?.grown()
  }
  const unwatch = watchOutput(files, onGrowth, error => {
    warnings.push(`The order of stdout and stderr was not kept throughout (${error.message}).`)
  })
  let stopped = false
  const stop = (): void => {
    if (stopped) return
    stopped = true
    timers.clear()
    unwatchStall()
    unwatch()
    cap.stop()
    showLine.stop()
    upload?.stop()
  }
  return {
    upload,
    stop,
    end: async (): Promise<string[]> => {
      stop()
      return [...warnings, ...(await cap.finish())]
    },
  }
}

async function start(
  plan: Command,
  env: Record<string, string | undefined>,
  files: AttemptFiles,
): Promise<Started | Ending> {
  try {
    fs.mkdirSync(files.folder, { recursive: true, mode: 0o700 })
    return await startWrapped(plan, env, files)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    // That is the machine's trouble, not the task's.
    if (code === 'ENOSPC' || code === 'EDQUOT') return { kind: 'no_room', detail: 'the disk is full.' }
    if (code === 'EROFS') return { kind: 'no_room', detail: `the disk is read-only: ${message}.` }
    const detail =
      code === 'E2BIG' ? 'its arguments and environment are too large for the system.' : `${message}.`
    return { kind: 'spawn_failed', detail }
  }
}

type Ended = { ending: Ending; warnings?: string[]; stop?: StopReport | undefined; endedAt?: number | null }

async function finish(
  { api, report, remote }: Bench,
  task: Task,
  files: AttemptFiles,
  { ending, warnings = [], stop, endedAt }: Ended,
): Promise<Task> {
  const succeeded = ending.kind === 'exit' && ending.code === 0
  const result = readReport(files, succeeded)
  const said = {
    ...result,
    id: task.id,
    attempt: task.attempt as number,
    ending,
    ...(endedAt ? { finished_at: timestamp(endedAt) } : {}),
    ...(stop ? { stop } : {}),
    warnings: [...result.warnings, ...warnings],
  }
  const { task: ended } = await api.finishAttempt(said).catch(error => endedByAnother(api, task, error))
  if (remote) fs.rmSync(files.folder, { recursive: true, force: true })
  report({ type: 'task_ended', task: ended })
  return ended
}

/** Where somebody else has ended the attempt meanwhile, that stands, and the lane goes on. */
async function endedByAnother(api: Api, { id, attempt }: Task, error: unknown): Promise<{ task: Task }> {
  unlessOver(error)
  const now = await api.getTask({ id })
  if (now.task.status === 'running' && now.task.attempt === attempt) throw error
  return now
}

/** The server takes nothing more of an attempt that somebody else has ended. */
function unlessOver(error: unknown): void {
  if (!(error instanceof SparkqError) || error.code !== 'conflict') throw error
}

function endingOf({ status, vanished }: RunEnd, begun: StopCause | null, attempt: Attempt): Ending {
  const cause = begun ?? stoppedBefore(status, attempt)
  if (cause)
    return { kind: 'stopped', cause, code: status.exit?.code ?? null, signal: status.exit?.signal ?? null }
  if (vanished || !status.exit)
    return { kind: 'vanished', detail: `process ${attempt.process?.pid ?? '?'} is gone.` }
  if (status.exit.signal !== null) return { kind: 'signal', signal: status.exit.signal }
  return { kind: 'exit', code: status.exit.code }
}

/** Why whoever had it before us stopped it, and died over that: a cause is written down before the first signal. */
function stoppedBefore({ exit }: RunEnd['status'], { stop_cause }: Attempt): StopCause | null {
  return exit?.code === 0 ? null : stop_cause
}

/** How long it is from now to `time`, measured from the claim: the clock on the wall may have been moved since. */
function untilMs({ task, claimedAt }: Running, time: string | null): number | null {
  if (time === null || task.claimed_at === null) return null
  return elapsed(task.claimed_at, time) - (performance.now() - claimedAt)
}
