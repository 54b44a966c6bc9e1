import { findProcess, type ProcessRow } from './table.ts'
import { groupOf, keyOf, type ProcessTree } from './tree.ts'

export type Target = {
  tree: ProcessTree
  /** Keys of processes that got a KILL. */
  killed: Set<string>
  /** Keys of processes that we may not signal. */
  refused: Set<string>
}

type Signal = NodeJS.Signals | 0

/** To the task's group as a whole where that is possible, else to each. Returns how many processes it went to. */
export function signalAsked(target: Target, signal: Signal, processes: ProcessRow[]): number {
  const group = groupOf(target.tree)
  if (group === null || !isSafe(target.tree, group, processes)) {
    return processes.filter(row => signalOne(target, signal, row)).length
  }
  return deliver(target, signal, -group, processes) ? processes.length : 0
}

/** True if it was sent. A process that took over the pid since `row` was read is not touched. */
export function signalOne(target: Target, signal: Signal, row: ProcessRow): boolean {
  return isStill(row) && deliver(target, signal, row.pid, [row])
}

// The number of a group is free for others only when its last process is gone: one of ours in it, alive, holds it.
function isSafe({ wrapper }: ProcessTree, group: number, processes: ProcessRow[]): boolean {
  const spared = [process.pid, ...(wrapper ? [wrapper.pid] : [])]
  if (spared.some(pid => findProcess(pid)?.pgid === group)) return false
  return processes.some(row => findProcess(row.pid)?.pgid === group && isStill(row))
}

const isStill = (row: ProcessRow): boolean => findProcess(row.pid)?.start_time === row.start_time

function deliver({ killed, refused }: Target, signal: Signal, to: number, rows: ProcessRow[]): boolean {
  try {
    process.kill(to, signal)
    if (signal === 'SIGKILL') for (const row of rows) killed.add(keyOf(row))
    return true
  } catch (error) {
    // anything but ESRCH (it ended by itself) is EPERM
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') for (const row of rows) refused.add(keyOf(row))
    return false
  }
}
