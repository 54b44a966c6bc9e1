import fs from 'node:fs'
import { type AttemptFiles, attemptFilesIn } from '../attempt-files/paths.ts'
import { pause } from '../processes/pause.ts'
import { drive } from './drive.ts'
import { type DrivePlan, type DriveReport, type Exit, readPlan, writeJson } from './plan.ts'
import { stopStarted } from './stop-started.ts'

/** What a full disk does not let us write now it may later. */
const tryAgainMs = 1000

/**
 * The process between the recorder and a tool that needs more than a start: `driver FOLDER ATTEMPT`. It has the
 * attempt's outputs as its own, and ends as its tool did.
 */
export async function main([folder, attempt]: string[]): Promise<void> {
  const files = attemptFilesIn(folder as string, Number(attempt))
  const plan = readPlan(files)
  if (!plan) throw new Error(`${files.plan} is not there`)
  const stopped = stopSignal()
  const report = await drive(plan, files, { env: process.env, stopped, say }).catch(error =>
    failed(plan, files, error),
  )
  await keep(files, report, stopped)
  process.exitCode = codeOf(report)
}

/** A full disk, or a mistake of ours: the run is over, and nothing of it goes on. */
async function failed({ mark, limits }: DrivePlan, files: AttemptFiles, error: Error): Promise<DriveReport> {
  say(error.stack ?? error.message)
  await stopStarted(mark, files, limits.grace)
  const exit = { code: null, signal: null }
  return { exit, failed: `its driver failed: ${error.message}.`, agent: null, changes: null, warnings: [] }
}

/** The group gets its TERM as a whole, and with it what runs here: its end is waited for, and written down. */
function stopSignal(): AbortSignal {
  const ending = new AbortController()
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(name, () => ending.abort())
  return ending.signal
}

/** In the attempt's stderr, beside what its tool has to say. */
const say = (line: string): void => void fs.writeSync(2, `sparkq: ${line}\n`)

async function keep(files: AttemptFiles, report: DriveReport, stopped: AbortSignal): Promise<void> {
  for (;;) {
    try {
      return writeJson(files.report, report)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if ((code !== 'ENOSPC' && code !== 'EDQUOT') || stopped.aborted) throw error
      await pause(tryAgainMs, stopped)
    }
  }
}

/** As a shell has it. */
function codeOf({ exit: { code, signal }, failed }: { exit: Exit; failed?: string | undefined }): number {
  if (code !== null) return code
  if (failed !== undefined) return 127
  return 128 + (process.getBuiltinModule('node:os').constants.signals[signal as NodeJS.Signals] ?? 0)
}
