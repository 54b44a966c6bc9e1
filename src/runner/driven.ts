import type { AttemptFiles } from '../attempt-files/paths.ts'
import type { AgentReport } from '../contract/agents.ts'
import type { Ending, StopReport } from '../contract/attempts.ts'
import type { ChangesInput } from '../contract/changes.ts'
import type { Task } from '../contract/tasks.ts'
import { type DriveReport, readDriveReport, readPlan } from '../driver/plan.ts'
import { replay } from '../driver/replay.ts'
import type { Bench } from './bench.ts'
import { wasShared } from './shared-tree.ts'
import type { RunEnd } from './watch-run.ts'

/** What a driver has to say of its run, and what it took to stop what it left behind. */
export type Driven = {
  ending: Ending
  agent?: AgentReport
  /** The agent's last words. */
  answer: string | null
  changes?: ChangesInput
  warnings: string[]
  stop?: StopReport | undefined
}

/**
 * What became of a run that had a driver; undefined of one that had none. Where the driver was killed, what it had started
 * is stopped, and its output is read again.
 * @param sweep stops what is left of the run
 */
export async function settleDriven(
  { api, env }: Pick<Bench, 'api' | 'env'>,
  { task, files, tree }: { task: Task; files: AttemptFiles; tree: string | null },
  end: RunEnd,
  sweep: () => Promise<StopReport>,
): Promise<Driven | undefined> {
  const plan = readPlan(files)
  if (!plan) return undefined
  const told = readDriveReport(files)
  const stop = told ? undefined : await sweep()
  const exit = end.status.exit ?? { code: null, signal: null }
  const report = told ?? (await replay(plan, files, { exit, env }))
  const { changes } = report
  const isShared = changes !== null && changes.patch_bytes > 0 && (await wasShared(api, task, tree))
  return {
    ending: endingOfDriven(report, end),
    answer: report.agent?.answer ?? null,
    warnings: report.warnings,
    ...(report.agent ? { agent: report.agent.report } : {}),
    ...(changes ? { changes: { ...changes, shared: isShared } } : {}),
    ...(stop && stop.stopped > 0 ? { stop } : {}),
  }
}

/** How a run ended, by what its driver says of it, or what its output says where the driver could not. */
export function endingOfDriven(report: DriveReport, end: Pick<RunEnd, 'status' | 'vanished'>): Ending {
  const { exit, failed, agent, check } = report
  if (failed !== undefined) return { kind: 'spawn_failed', detail: failed }
  if (agent) {
    const { outcome } = agent.report
    if (outcome === 'killed' && end.vanished) return vanished
    if (outcome !== 'ok') return { kind: 'agent', outcome, detail: agent.detail, ...exit }
    return checked(check, end, true) ?? { kind: 'agent', outcome, detail: agent.detail, ...exit }
  }
  if (exit.code === 0) return checked(check, end, false) ?? { kind: 'exit', code: 0 }
  if (exit.signal !== null) return { kind: 'signal', signal: exit.signal }
  return exit.code === null ? vanished : { kind: 'exit', code: exit.code }
}

const vanished: Ending = { kind: 'vanished', detail: 'its processes are gone.' }

/** What the check makes of a run that went well; undefined where there was none, or it passed. */
function checked(
  check: DriveReport['check'],
  end: Pick<RunEnd, 'status' | 'vanished'>,
  isAgent: boolean,
): Ending | undefined {
  if (!check || check.passed) return undefined
  const { command, code } = check
  if (check.passed === false) {
    const how = code === null ? 'was ended by a signal' : `ended with exit code ${code}`
    return { kind: 'check_failed', detail: `"${command}" ${how}.`, ...(code === null ? {} : { code }) }
  }
  if (end.vanished) return vanished
  const signal = end.status.exit?.signal ?? 'SIGTERM'
  if (!isAgent) return { kind: 'signal', signal }
  return { kind: 'agent', outcome: 'killed', detail: 'It was stopped before its check had ended', signal }
}
