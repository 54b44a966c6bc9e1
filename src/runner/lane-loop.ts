import type { Queue } from '../contract/queues.ts'
import type { Runner, RunnerMode } from '../contract/runners.ts'
import { adoptRunning } from './adopt.ts'
import { createBell, createPlaceBell } from './bell.ts'
import type { Bench } from './bench.ts'
import { listen } from './ears.ts'
import { execute } from './execute.ts'
import { createKeepAwake } from './keep-awake.ts'
import { createHand, createLeave } from './lane-asked.ts'
import { claimNext, createWaitingNote, type NoTask, whenGone } from './lane-claim.ts'
import type { LaneEnd, LaneOptions } from './lane-options.ts'
import { createToolbox, type Toolbox } from './toolbox.ts'

/** How the work with one lease came to its end; `lost`: somebody else has the lane. */
export type Turn = LaneEnd & { lost?: boolean }

/** How often a runner looks whether a full disk has room again. */
const lookForRoomMs = 2000
/** The same for whoever else has a task of the lane. */
const lookForGoneMs = 2000

/** With the lane's lease in hand: takes up what was left, then claims and executes until there is a reason to go. */
export async function work(options: LaneOptions, runner: Runner): Promise<Turn> {
  const { api, mode, signal, config, report } = options
  const bell = createBell(signal)
  const place = createPlaceBell(bell)
  const hand = createHand()
  const leave = createLeave(runner)
  const warn = (message: string): void => report({ type: 'warning', message })
  const awake = createKeepAwake({ wanted: config.queue_runner.keep_awake, env: options.env, warn })
  const toolbox = createToolbox(api, { env: options.env, root: options.root })
  const bench = createBench(options, toolbox, run => {
    hand.hold(run)
    awake.hold(run?.task)
  })
  const ears = listen(api, {
    onEvent: event => {
      place.hear(event)
      if (toolbox.hear(event) || event.event.startsWith('provider.')) bell.ring()
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
      if (waitsForOthers(claim)) place.listen()
      const rang = await bell.wait(claim.retryAt, howLong(options, claim, queue))
      // What is due by time (a lane's resume_at) is nobody's event: a sweep makes it one.
      if (!rang && !signal.aborted) await api.sweep()
    }
    return { done, left: null }
  } finally {
    awake.stop()
    await ears.stop()
  }
}

/** Another lane has what it waits for. */
const waitsForOthers = ({ because }: NoTask): boolean => because === 'max_running' || because === 'tree_busy'

/** Nobody tells when a disk has room again; nor, where no server is, when a worker outside is gone that has a task. */
function howLong({ config, remote }: LaneOptions, { because }: NoTask, { counts }: Queue): number {
  if (because === 'no_space') return lookForRoomMs
  return counts.running > 0 && !remote ? lookForGoneMs : config.queue_runner.poll_interval * 1000
}

/** Nothing will ever be claimed from it again, or not before a person brings it back. */
const isClosed = ({ status }: Queue): boolean => status === 'ended' || status === 'archived'

/**
 * Until empty includes a retry whose time will come, room on a disk, and what only waits for other lanes; a task that its
 * user delayed is left for another day.
 */
function staysFor(mode: RunnerMode, { because, retryAt }: NoTask): boolean {
  if (mode !== 'run') return mode === 'watch'
  if (because === 'waiting' || because === 'provider') return retryAt !== null
  return because === 'max_running' || because === 'tree_busy' || because === 'no_space'
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
    toolOf: toolbox.toolOf,
    get seenChanges() {
      return config.review.changes
    },
    remote,
    onRun,
  }
}
