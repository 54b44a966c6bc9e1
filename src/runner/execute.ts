import fs from 'node:fs'
import { type AttemptFiles, attemptFiles } from '../attempt-files/paths.ts'
import { lastLine, readReport } from '../attempt-files/result.ts'
import type { Api } from '../contract/api.ts'
import type { Attempt, Ending, StopCause, StopReport } from '../contract/attempts.ts'
import type { Task } from '../contract/tasks.ts'
import { timestamp } from '../contract/time.ts'
import { type Command, planCommand } from './command.ts'
import { taskEnvironment } from './environment.ts'
import { watchOutput } from './output-watch.ts'
import type { Report } from './report.ts'
import { createStopping } from './stopping.ts'
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
  stopGraceMs: number
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
  const files = attemptFiles(bench.logs, task.id, task.attempt as number)
  const plan = planCommand(task.tool_name, task.payload, bench.root)
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
  return follow(bench, { task, attempt, files, started })
}

/** A run in progress. `started` is there only where this runner started it. */
export type Running = { task: Task; attempt: Attempt; files: AttemptFiles; started?: Started }

/** Sees a run to its end, whether this runner started it or found it. */
export async function follow(bench: Bench, run: Running): Promise<Task | undefined> {
  const { task, attempt, files, started } = run
  const stopping = createStopping(bench, task, attempt, files)
  const watching = watch(bench, run)
  watching.timers.at(task.stops_at, () => stopping.begin('timeout'))
  bench.onRun({ task, stop: stopping.begin })
  bench.report({ type: 'task_started', task, adopted: started === undefined })
  const asked = attempt.stop_cause ?? (task.cancel_requested_at ? 'cancelled' : null)
  if (asked) stopping.begin(asked)

  try {
    const end = await watchRun(stopping.tree(), files, bench.signal, started?.exited)
    if (end === 'left') return undefined
    const stop = await stopping.done()
    const warnings = watching.stop()
    await watching.upload?.flush()
    const ending = endingOf(end, stopping.cause(), attempt)
    return await finish(bench, task, files, { ending, warnings, stop, endedAt: end.status.endedAt })
  } finally {
    watching.stop()
    started?.letGo()
    bench.onRun(undefined)
  }
}

/** Everything that accompanies a run. `stop` ends it, after the last look at the output; it may be called twice. */
function watch(bench: Bench, { task, files }: Running) {
  const upload = bench.remote ? createUpload(bench.api, bench.report, task, files) : undefined
  const warnings: string[] = []
  const timers = createTimers()
  timers.at(task.warns_at, () => void warnStale(bench, task))
  const showLine = throttle(() => {
    const line = lastLine(files.stdout) ?? lastLine(files.stderr)
    if (line !== undefined) bench.report({ type: 'output', task, line })
  }, showLineEveryMs)
  const onGrowth = (): void => {
    showLine.call()
    upload?.grown()
  }
  const unwatch = watchOutput(files, onGrowth, error => {
    warnings.push(`The order of stdout and stderr was not kept (${error.message}).`)
  })
  let stopped = false
  return {
    timers,
    upload,
    stop: (): string[] => {
      if (!stopped) {
        timers.clear()
        unwatch()
        showLine.stop()
        upload?.stop()
        stopped = true
      }
      return warnings
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
  const { task: ended } = await api.finishAttempt({
    ...result,
    id: task.id,
    attempt: task.attempt as number,
    ending,
    ...(endedAt ? { finished_at: timestamp(endedAt) } : {}),
    ...(stop ? { stop } : {}),
    warnings: [...result.warnings, ...warnings],
  })
  if (remote) fs.rmSync(files.folder, { recursive: true, force: true })
  report({ type: 'task_ended', task: ended })
  return ended
}

function endingOf({ status, vanished }: RunEnd, cause: StopCause | null, { process }: Attempt): Ending {
  if (cause)
    return { kind: 'stopped', cause, code: status.exit?.code ?? null, signal: status.exit?.signal ?? null }
  if (vanished || !status.exit) return { kind: 'vanished', detail: `process ${process?.pid ?? '?'} is gone.` }
  if (status.exit.signal !== null) return { kind: 'signal', signal: status.exit.signal }
  return { kind: 'exit', code: status.exit.code }
}

/** The sweep marks whatever is due, this task included. */
async function warnStale({ api, report }: Bench, task: Task): Promise<void> {
  try {
    await api.sweep()
    report({ type: 'stale', task })
  } catch (error) {
    report({
      type: 'warning',
      message: `${task.friendly_id} could not be marked as stale: ${(error as Error).message}`,
    })
  }
}
