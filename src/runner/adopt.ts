import os from 'node:os'
import { type AttemptFiles, attemptFiles } from '../attempt-files/paths.ts'
import { readStatus } from '../attempt-files/status.ts'
import type { Attempt, Ending, ProcessIdentity } from '../contract/attempts.ts'
import { listBegun } from '../contract/begun.ts'
import type { Task } from '../contract/tasks.ts'
import { ageOf } from '../processes/age.ts'
import { identify } from '../processes/identity.ts'
import { hasMark, listProcesses, type ProcessRow } from '../processes/table.ts'
import { treeOf } from '../processes/tree-of.ts'
import type { Bench } from './bench.ts'
import { follow } from './follow.ts'
import { recorderName } from './wrapper.ts'

/**
 * Takes up what an earlier runner of this lane left: a task that still runs is followed to its end, one that has ended
 * is finished with its true exit code, one that vanished is settled. Workers outside keep theirs.
 * @returns how many came to their end, and the task that had to be left again
 */
export async function adoptRunning(
  bench: Bench,
  queue: { id: string },
): Promise<{ done: number; left: Task | null }> {
  const begun = await listBegun(bench.api, { queue_id: queue.id })
  let done = 0
  for (const { task, attempt } of begun.reverse()) {
    const ended = await adopt(bench, task, attempt)
    if (!ended) return { done, left: task }
    done++
  }
  return { done, left: null }
}

async function adopt(bench: Bench, task: Task, attempt: Attempt): Promise<Task | undefined> {
  const files = attemptFiles(bench.logs, task.id, attempt.number)
  const traces = attempt.process ? [] : findTraces(attempt.claim_key as string)
  const recorder = attempt.process ?? findRecorder(traces)
  if (recorder) {
    const known = attempt.process ? attempt : await recordStart(bench, task, attempt, recorder)
    return follow(bench, { task, attempt: known, files, claimedAt: claimedAt(known, files) })
  }
  if (traces.length > 0 || readStatus(files.status).pid !== null)
    return follow(bench, { task, attempt, files, claimedAt: claimedAt(attempt, files) })
  return settleUnstarted(bench, task, attempt)
}

/**
 * When an attempt of an earlier runner was claimed, by `performance.now()`: its first processes were started then, and
 * how long they have lived does not depend on the clock on the wall, which may have been moved. Only where none of them
 * is left does that one count.
 */
function claimedAt(attempt: Attempt, files: AttemptFiles): number {
  const { pid } = readStatus(files.status)
  const { leader } = treeOf({ mark: attempt.claim_key as string, wrapper: attempt.process, pid, outputs: [] })
  const age = [attempt.process, leader].map(it => it && ageOf(it)).find(it => it !== null)
  return performance.now() - (age ?? Math.max(0, Date.now() - Date.parse(attempt.claimed_at)))
}

/** The runner died between the claim and the record of what it had started. */
async function recordStart(
  bench: Bench,
  task: Task,
  attempt: Attempt,
  process: ProcessIdentity,
): Promise<Attempt> {
  const at = { id: task.id, attempt: attempt.number }
  const { attempt: started } = await bench.api.startAttempt({ ...at, process, command: [], cwd: bench.root })
  return started
}

/**
 * There is no trace of a process. Within one boot that means that none was started, and the task can go back; across a
 * reboot the trace itself may be lost. What was cancelled meanwhile has its wish.
 */
async function settleUnstarted(bench: Bench, task: Task, attempt: Attempt): Promise<Task> {
  const bootedAt = Date.now() - os.uptime() * 1000
  const sameBoot = Date.parse(attempt.claimed_at) > bootedAt
  const ending: Ending = task.cancel_requested_at
    ? { kind: 'stopped', cause: 'cancelled' }
    : sameBoot
      ? { kind: 'not_started', detail: 'its runner ended before it could.' }
      : { kind: 'vanished', detail: 'the machine restarted meanwhile.' }
  const { task: settled } = await bench.api.finishAttempt({ id: task.id, attempt: attempt.number, ending })
  bench.report({ type: 'task_ended', task: settled })
  return settled
}

const findTraces = (mark: string): ProcessRow[] => listProcesses().filter(row => hasMark(row.pid, mark))

/** The recorder leads the session that all of the task began in; what has left that leads one, too. */
function findRecorder(traces: ProcessRow[]): ProcessIdentity | null {
  const leader = traces.find(row => row.sid === row.pid && row.command.includes(recorderName))
  return leader ? identify(leader.pid) : null
}
