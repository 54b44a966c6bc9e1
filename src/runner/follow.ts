import type { AttemptFiles } from '../attempt-files/paths.ts'
import type { Attempt, Ending, OutputStream, StopCause } from '../contract/attempts.ts'
import type { Task } from '../contract/tasks.ts'
import { elapsed } from '../contract/time.ts'
import type { Bench } from './bench.ts'
import { type Driven, settleDriven } from './driven.ts'
import { finish, unlessOver } from './finish.ts'
import { createFlags } from './flags.ts'
import { createLastWords } from './last-words.ts'
import { createOutputCap } from './output-cap.ts'
import { watchOutput } from './output-watch.ts'
import { watchStall } from './stall-watch.ts'
import { createStopping, type Stopping } from './stopping.ts'
import { createTimers, throttle } from './timers.ts'
import { createUpload } from './upload.ts'
import { type RunEnd, watchRun } from './watch-run.ts'
import type { Started } from './wrapper.ts'

/** How often the last line of output is shown at most. */
const showLineEveryMs = 100

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
    const driven = await settleDriven(bench, { task, files, tree: attempt.tree }, end, stopping.sweep)
    const warnings = await watching.end()
    await watching.upload?.flush().catch(unlessOver)
    const ending = endingOf(end, stopping.cause(), attempt, driven)
    const { endedAt } = end.status
    return await finish(bench, task, files, { driven, ending, warnings, stop: stop ?? driven?.stop, endedAt })
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
  const lastWords = createLastWords(files)
  const showLine = throttle(() => {
    const line = lastWords()
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

/** How long it is from now to `time`, measured from the claim: the clock on the wall may have been moved since. */
function untilMs({ task, claimedAt }: Running, time: string | null): number | null {
  if (time === null || task.claimed_at === null) return null
  return elapsed(task.claimed_at, time) - (performance.now() - claimedAt)
}

function endingOf(
  { status, vanished }: RunEnd,
  begun: StopCause | null,
  attempt: Attempt,
  driven: Driven | undefined,
): Ending {
  const cause = begun ?? stoppedBefore(status, attempt)
  if (cause)
    return { kind: 'stopped', cause, code: status.exit?.code ?? null, signal: status.exit?.signal ?? null }
  if (driven) return driven.ending
  if (vanished || !status.exit)
    return { kind: 'vanished', detail: `process ${attempt.process?.pid ?? '?'} is gone.` }
  if (status.exit.signal !== null) return { kind: 'signal', signal: status.exit.signal }
  return { kind: 'exit', code: status.exit.code }
}

/** Why whoever had it before us stopped it, and died over that: a cause is written down before the first signal. */
function stoppedBefore({ exit }: RunEnd['status'], { stop_cause }: Attempt): StopCause | null {
  return exit?.code === 0 ? null : stop_cause
}
