import type { Victim } from './plan.ts'

/** What was said and done, as seen from outside: what SparkQ acknowledged has to be there, and what it says has to have a reason. */
export type Ledger = {
  /** Tasks whose enqueue was answered, by id, with the key they were given. */
  enqueued: Map<string, string | undefined>
  /** Enqueues whose answer was lost and that were not said again: there may be a task of each. */
  lost: number
  /** By task id: the attempt that was current when a cancel was answered. */
  cancelled: Map<string, number | null>
  /** Tasks that somebody tried to cancel, answered or not. */
  cancelAsked: Set<string>
  /** Attempts (`<task id>/<number>`) whose recorder, or whose own process, was killed. */
  killedRecorders: Set<string>
  killedTasks: Set<string>
  /** What workers outside said of their attempts, and were answered. */
  reported: Map<string, 'complete' | 'fail'>
  kills: Record<Victim, number>
  log(line: string): void
  lines: string[]
}

export function newLedger(): Ledger {
  const lines: string[] = []
  const begun = performance.now()
  return {
    ...{ enqueued: new Map(), lost: 0, cancelled: new Map(), cancelAsked: new Set() },
    ...{ killedRecorders: new Set(), killedTasks: new Set(), reported: new Map() },
    kills: { runner: 0, supervisor: 0, server: 0, recorder: 0, task: 0, command: 0, everything: 0 },
    log: line => lines.push(`${((performance.now() - begun) / 1000).toFixed(3)} ${line}`),
    lines,
  }
}
