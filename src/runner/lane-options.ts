import type { Api } from '../contract/api.ts'
import type { ProcessIdentity } from '../contract/attempts.ts'
import type { Config } from '../contract/config.ts'
import type { RunnerMode } from '../contract/runners.ts'
import type { Task } from '../contract/tasks.ts'
import type { Report } from './report.ts'

export type LaneOptions = {
  api: Api
  queue: string
  mode: RunnerMode
  report: Report
  /** Aborts when the runner is to go. A task that runs is left running, for the next runner to take up. */
  signal: AbortSignal
  env: NodeJS.ProcessEnv
  root: string
  logs: string
  configFile: string
  config: Config
  workerId?: string | undefined
  /** The process that starts this runner again when it dies. */
  supervisor?: ProcessIdentity | undefined
  /** The Api is on another machine, which knows of this runner only by its heartbeat. */
  remote?: boolean
}

/** How a lane's work came to its end: how many tasks were done, and which one was left running. */
export type LaneEnd = { done: number; left: Task | null }
