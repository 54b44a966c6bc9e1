import fs from 'node:fs'
import type { AttemptFiles } from '../attempt-files/paths.ts'
import { readReport } from '../attempt-files/result.ts'
import type { Api } from '../contract/api.ts'
import type { Ending, StopReport } from '../contract/attempts.ts'
import { SparkqError } from '../contract/errors.ts'
import type { Task } from '../contract/tasks.ts'
import { timestamp } from '../contract/time.ts'
import type { Bench } from './bench.ts'
import type { Driven } from './driven.ts'

type Ended = {
  ending: Ending
  driven?: Driven | undefined
  warnings?: string[]
  stop?: StopReport | undefined
  endedAt?: number | null
}

/** Says how an attempt ended and what it left. @returns the task as it is then */
export async function finish(
  { api, report, remote }: Bench,
  task: Task,
  files: AttemptFiles,
  { ending, driven, warnings = [], stop, endedAt }: Ended,
): Promise<Task> {
  const result = driven?.agent ? agentResult(files, ending, driven) : readReport(files, isSuccess(ending))
  const said = {
    ...result,
    id: task.id,
    attempt: task.attempt as number,
    ending,
    ...(endedAt ? { finished_at: timestamp(endedAt) } : {}),
    ...(stop ? { stop } : {}),
    ...(driven?.agent ? { agent: driven.agent } : {}),
    ...(driven?.changes ? { changes: driven.changes } : {}),
    warnings: [...result.warnings, ...(driven?.warnings ?? []), ...warnings],
  }
  const { task: ended } = await api.finishAttempt(said).catch(error => endedByAnother(api, task, error))
  if (remote) fs.rmSync(files.folder, { recursive: true, force: true })
  report({ type: 'task_ended', task: ended })
  return ended
}

const isSuccess = (ending: Ending): boolean =>
  (ending.kind === 'exit' && ending.code === 0) || (ending.kind === 'agent' && ending.outcome === 'ok')

/** Beyond that an answer is cut, in characters; its whole is in the output. */
const longestAnswer = 100_000

/** What an agent prints is events: its summary is its answer. */
function agentResult(files: AttemptFiles, ending: Ending, { answer: whole, agent }: Driven) {
  const answer = whole === null || whole.length <= longestAnswer ? whole : `${whole.slice(0, longestAnswer)}…`
  const { error_detail: complaint, ...own } = readReport(files, false)
  const { agent: name, model = null, turns = null, session_id = null } = agent ?? {}
  const result_data = { agent: name, model, turns, session_id, text: answer }
  if (isSuccess(ending))
    return { ...(answer === null ? {} : { result_summary: answer }), result_data, ...own }
  const said = ending.kind === 'check_failed' ? complaint : (answer ?? undefined)
  return { result_data, ...own, ...(said === undefined ? {} : { error_detail: said }) }
}

/** Where somebody else has ended the attempt meanwhile, that stands, and the lane goes on. */
export async function endedByAnother(
  api: Api,
  { id, attempt }: Task,
  error: unknown,
): Promise<{ task: Task }> {
  unlessOver(error)
  const now = await api.getTask({ id })
  if (now.task.status === 'running' && now.task.attempt === attempt) throw error
  return now
}

/** The server takes nothing more of an attempt that somebody else has ended. */
export function unlessOver(error: unknown): void {
  if (!(error instanceof SparkqError) || error.code !== 'conflict') throw error
}
