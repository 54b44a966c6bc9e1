import type { RunnerEvent } from '../runner/report.ts'

/** A lane, as much of it as is told. */
export type LaneName = { id: string; name: string }

/** How a process ended; both null where it could not be started. */
export type ProcessEnd = { code: number | null; signal: string | null }

/** `exit 1`, `SIGKILL`. */
export function howItEnded({ code, signal }: ProcessEnd): string {
  return signal ?? (code === null ? 'it could not be started' : `exit ${code}`)
}

/** What a supervisor tells as it works; faces turn it into lines. */
export type SupervisorEvent =
  /** What the runner of a lane tells. */
  | { type: 'runner'; lane: LaneName; event: RunnerEvent }
  | { type: 'runner_started'; lane: LaneName; pid: number }
  | { type: 'runner_ended'; lane: LaneName; pid: number }
  /** It died `deaths` times in a row, and is started again at `restart_at`. */
  | { type: 'runner_died'; lane: LaneName; pid: number; end: ProcessEnd; deaths: number; restart_at: string }
  /** Somebody else's runner works the lane: ours waits. */
  | { type: 'lane_held'; lane: LaneName; pid: number; hostname: string }
  /** A runner that a dead supervisor left is asked to go; its task goes on. */
  | { type: 'runner_replaced'; lane: LaneName; pid: number }
  | { type: 'warning'; message: string }

export type SupervisorReport = (event: SupervisorEvent) => void
