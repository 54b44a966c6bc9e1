import fs from 'node:fs'
import type { AgentCall } from '../agents/agent.ts'
import { type AttemptFiles, sizeOf } from '../attempt-files/paths.ts'
import type { Snapshot } from '../changes/snapshot.ts'
import type { AgentName, AgentReport } from '../contract/agents.ts'
import type { ChangesInput } from '../contract/changes.ts'

/**
 * What the driver of an attempt is to do. It lies beside the output as long as that, and tells a later runner how to read
 * what is there.
 *
 * @property mark   of the attempt: what bears it belongs to it
 * @property cwd    where the tool and its check run
 * @property check  proves that the work is done; `retries`: how often an agent may go on with what it said
 * @property look   the folder whose git work tree is looked at before and after; null: none is
 */
export type DrivePlan = {
  mark: string
  cwd: string
  tool: AgentTool | CommandTool
  check: { command: string; retries: number } | null
  look: { folder: string; worktree: string | null } | null
  limits: DriveLimits
}

/** `prompt`: whether it reads the attempt's prompt on stdin. */
export type CommandTool = { kind: 'command'; argv: string[]; prompt: boolean }

export type AgentTool = {
  kind: 'agent'
  agent: AgentName
  settings: AgentCall['settings']
  session: AgentCall['session']
  use_api_key: boolean
}

/**
 * In ms. `linger`: how long an agent may be silent after its result before it is stopped · `grace`: from the TERM to the
 * KILL · `network`: how long it may do nothing but wait for its service · `look`: what finding out about changes may take.
 */
export type DriveLimits = { linger: number; grace: number; network: number; look: number }

export const usualLimits: DriveLimits = { linger: 15_000, grace: 5000, network: 300_000, look: 10_000 }

export type Exit = { code: number | null; signal: string | null }

/** What an agent had to say, over all its runs of one attempt. */
export type AgentSaid = { report: AgentReport; detail: string; answer: string | null }

/**
 * How it went.
 *
 * @property exit   of the tool's last run
 * @property failed the tool could not be started: why
 * @property check  undefined where there is none; `passed` is null where it came to no check
 */
export type DriveReport = {
  exit: Exit
  failed?: string
  agent: AgentSaid | null
  check?: { command: string; passed: boolean | null; code: number | null }
  changes: ChangesInput | null
  warnings: string[]
}

/** The tree before the first run. */
export type DriveBefore = { snapshot: Snapshot | null; warnings: string[] }

/**
 * How far it has come, for whoever finds that the driver is gone.
 *
 * @property stage  `done`: nothing is to be waited for any more but the look at what changed
 * @property check  what it said, once that is known
 * @property from   where in both streams the tool's last run began
 * @property earlier what the agent said in the runs before
 */
export type DriveProgress = {
  stage: 'tool' | 'check' | 'done'
  from: { stdout: number; stderr: number }
  resumed: string | null
  earlier: AgentSaid[]
  exit: Exit | null
  check?: DriveReport['check']
}

export const readPlan = ({ plan }: AttemptFiles) => readJson<DrivePlan>(plan)
export const readDriveReport = ({ report }: AttemptFiles) => readJson<DriveReport>(report)
export const readBefore = ({ before }: AttemptFiles) => readJson<DriveBefore>(before)
export const readProgress = ({ progress }: AttemptFiles) => readJson<DriveProgress>(progress)

/** Whole or not at all, also where the power goes: its bytes are on the disk before its name is. */
export function writeJson(file: string, value: object): void {
  const making = `${file}.tmp`
  fs.writeFileSync(making, `${JSON.stringify(value)}\n`, { mode: 0o600, flush: true })
  fs.renameSync(making, file)
}

/** undefined where there is none: it is written whole, so what is there can be read. */
function readJson<T>(file: string): T | undefined {
  return sizeOf(file) === 0 ? undefined : (JSON.parse(fs.readFileSync(file, 'utf8')) as T)
}
