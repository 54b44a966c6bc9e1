import type { Api } from '../contract/api.ts'
import type { StopCause } from '../contract/attempts.ts'
import type { Task } from '../contract/tasks.ts'
import type { Tool } from '../contract/tools.ts'
import type { Report } from './report.ts'

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
  /** undefined where it is gone. */
  toolOf(name: string): Promise<Tool | undefined>
  /** Of whose work it is seen what it changes in a git work tree. */
  readonly seenChanges: 'none' | 'agents' | 'all'
  /** The Api is on another machine: output is kept here only until it is there. */
  remote: boolean
  /** Tells how the run in hand is stopped; undefined when there is none (any more). */
  onRun(run: InHand | undefined): void
}

export type InHand = { task: Task; stop: (cause: StopCause) => void }
