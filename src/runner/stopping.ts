import { type AttemptFiles, realOutputs } from '../attempt-files/paths.ts'
import { readStatus } from '../attempt-files/status.ts'
import type { Api } from '../contract/api.ts'
import type { Attempt, StopCause, StopReport } from '../contract/attempts.ts'
import type { Task } from '../contract/tasks.ts'
import { liveness } from '../processes/identity.ts'
import { pause } from '../processes/pause.ts'
import { stopTree } from '../processes/stop.ts'
import { keyOf, type Member, members, type ProcessTree } from '../processes/tree.ts'
import { treeOf } from '../processes/tree-of.ts'
import type { Report } from './report.ts'

/** The stopping of one run. The first cause wins, and is in the database before the first signal is sent. */
export type Stopping = {
  begin(cause: StopCause): void
  /** Why the run was stopped; null while it was not, or when it ended by itself before a signal was sent. */
  cause(): StopCause | null
  /** What the stop took; resolves at once when nothing was stopped. */
  done(): Promise<StopReport | undefined>
  tree(): ProcessTree
  /** Stops what is left of a run that has ended, for no cause of ours. */
  sweep(): Promise<StopReport>
  /**
   * What lives of the run now. Who was found once is known from then on, and is stopped with the others even if it
   * leaves group and session and drops its mark.
   */
  members(): Member[]
}

export function createStopping(
  bench: { api: Api; report: Report; readonly stopGraceMs: number },
  task: Task,
  attempt: Attempt,
  files: AttemptFiles,
): Stopping {
  const { api, report } = bench
  const mark = attempt.claim_key as string
  const outputs = realOutputs(files)
  const tree = () => treeOf({ mark, wrapper: attempt.process, pid: readStatus(files.status).pid, outputs })
  let known: ReadonlySet<string> = new Set()
  let cause: StopCause | null = null
  let done: Promise<StopReport | undefined> = Promise.resolve(undefined)

  const stop = async (asked: StopCause): Promise<StopReport | undefined> => {
    await untilStarted(files, attempt)
    cause = await recordCause(asked)
    if (readStatus(files.status).exit) {
      cause = null
      return undefined
    }
    report({ type: 'stopping', task, cause })
    return stopTree(tree(), { graceMs: bench.stopGraceMs, known })
  }
  /** What has to stop is stopped, even when that cannot be written down first. */
  const recordCause = async (asked: StopCause): Promise<StopCause> => {
    try {
      const saying = api.stopAttempt({ id: task.id, attempt: attempt.number, cause: asked })
      const said = await Promise.race([saying, pause(recordLimitMs)])
      // On a full disk that may take hours; the task may be what fills it. Its end will tell the cause, too.
      if (!said) saying.catch(() => {})
      return said?.attempt.stop_cause ?? asked
    } catch (error) {
      report({
        type: 'warning',
        message: `Why ${task.friendly_id} is stopped could not be recorded: ${(error as Error).message}`,
      })
      return asked
    }
  }
  return {
    begin: asked => {
      if (cause) return
      cause = asked
      done = stop(asked)
      // Whoever awaits it hears of a failure; until then it must not end the process.
      done.catch(() => {})
    },
    cause: () => cause,
    done: () => done,
    tree,
    sweep: () => stopTree(tree(), { graceMs: bench.stopGraceMs, known }),
    members: () => {
      const found = members(tree(), { known })
      known = new Set(found.map(keyOf))
      return found
    },
  }
}

/** A stop that comes before the recorder has started the task would find nothing, and the task would run on. */
async function untilStarted(files: AttemptFiles, { process }: Attempt): Promise<void> {
  while (readStatus(files.status).pid === null && process && liveness(process) === 'alive') {
    await new Promise(resolve => setTimeout(resolve, startPollMs))
  }
}

const startPollMs = 2

/** How long a stop waits until its cause is recorded. */
const recordLimitMs = 3000
