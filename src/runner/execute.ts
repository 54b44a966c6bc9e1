import fs from 'node:fs'
import { type AttemptFiles, attemptFiles } from '../attempt-files/paths.ts'
import type { Ending } from '../contract/attempts.ts'
import { SparkqError } from '../contract/errors.ts'
import type { Task } from '../contract/tasks.ts'
import type { Bench } from './bench.ts'
import type { Command } from './command.ts'
import { taskEnvironment } from './environment.ts'
import { endedByAnother, finish } from './finish.ts'
import { follow } from './follow.ts'
import { prepare } from './prepare.ts'
import { type Started, startWrapped } from './wrapper.ts'

/**
 * Executes a task that was just claimed: plan, start, follow to its end, report.
 * @returns the task as it ended; undefined when the runner had to go first and left it running
 */
export async function execute(bench: Bench, task: Task, claimKey: string): Promise<Task | undefined> {
  const claimedAt = performance.now()
  const files = attemptFiles(bench.logs, task.id, task.attempt as number)
  const plan = await prepare(bench, task, files, claimKey).catch(whyNotStarted)
  if (plan instanceof SparkqError) return leaveOver(bench, task, plan)
  if ('kind' in plan) return finish(bench, task, files, { ending: plan })

  const env = taskEnvironment(bench, task, plan.env, claimKey, files)
  const started = await start(plan, env, files)
  if ('kind' in started) return finish(bench, task, files, { ending: started })

  const { attempt } = await bench.api.startAttempt({
    id: task.id,
    attempt: task.attempt as number,
    process: started.wrapper,
    command: plan.shown ?? plan.argv,
    cwd: plan.cwd,
  })
  return follow(bench, { task, attempt, files, started, claimedAt })
}

async function start(
  plan: Command,
  env: Record<string, string | undefined>,
  files: AttemptFiles,
): Promise<Started | Ending> {
  try {
    fs.mkdirSync(files.folder, { recursive: true, mode: 0o700 })
    return await startWrapped(plan, env, files)
  } catch (error) {
    return endingOf(error)
  }
}

/** @returns what the Api said, or what the system's refusal means for the task */
function whyNotStarted(error: unknown): SparkqError | Ending {
  if (error instanceof SparkqError) return error
  if ((error as NodeJS.ErrnoException).code === undefined) throw error
  return endingOf(error)
}

function endingOf(error: unknown): Ending {
  const { code, message } = error as NodeJS.ErrnoException
  // That is the machine's trouble, not the task's.
  if (code === 'ENOSPC' || code === 'EDQUOT') return { kind: 'no_room', detail: 'the disk is full.' }
  if (code === 'EROFS') return { kind: 'no_room', detail: `the disk is read-only: ${message}.` }
  const detail =
    code === 'E2BIG' ? 'its arguments and environment are too large for the system.' : `${message}.`
  return { kind: 'spawn_failed', detail }
}

/** Somebody else has ended it meanwhile: a work tree may take its time. */
async function leaveOver({ api, report }: Bench, task: Task, error: SparkqError): Promise<Task> {
  const { task: ended } = await endedByAnother(api, task, error)
  report({ type: 'task_ended', task: ended })
  return ended
}
