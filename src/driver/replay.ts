import fs from 'node:fs'
import { agentOf } from '../agents/agents.ts'
import type { AttemptFiles } from '../attempt-files/paths.ts'
import { forgetSnapshots, recordChanges } from '../changes/record.ts'
import { type DrivePlan, type DriveReport, type Exit, readBefore, readProgress } from './plan.ts'
import { readEnd, readLines } from './read-lines.ts'
import { combine, judge } from './said.ts'

const complaintBytes = 16 * 1024

/**
 * What there is to say of a run whose driver is gone: from the tool's output, and the tree as it was before. A result that
 * the agent gave stands, unless its check was still to come.
 * @param exit how the driver ended, where that is known
 */
export async function replay(
  plan: DrivePlan,
  files: AttemptFiles,
  { exit, env }: { exit: Exit; env: NodeJS.ProcessEnv },
): Promise<DriveReport> {
  const { agent, warnings, check } = await replayTool(plan, files, exit, env)
  const before = readBefore(files)
  const deadline = performance.now() + plan.limits.look
  const worktree = plan.look?.worktree ?? null
  const after = before?.snapshot
    ? await recordChanges(before.snapshot, { deadline, worktree, shared: false })
    : { changes: null, warnings: [] }
  forgetSnapshots(files.objects)
  return {
    exit: readProgress(files)?.exit ?? exit,
    agent,
    ...(check ? { check } : {}),
    changes: after.changes,
    warnings: [...(before?.warnings ?? []), ...warnings, ...after.warnings],
  }
}

async function replayTool(
  { tool, check }: DrivePlan,
  files: AttemptFiles,
  exit: Exit,
  env: NodeJS.ProcessEnv,
): Promise<Pick<DriveReport, 'agent' | 'warnings' | 'check'>> {
  const progress = readProgress(files)
  const said = progress?.check ?? (check ? { command: check.command, passed: null, code: null } : undefined)
  const more = said ? { check: said } : {}
  if (tool.kind !== 'agent' || !progress) return { agent: null, warnings: [], ...more }
  const agent = agentOf(tool.agent)
  // Times of day in what it says are of then.
  const { mtimeMs } = fs.statSync(files.stdout)
  const reader = agent.read({ resumed: progress.resumed, now: () => mtimeMs })
  await readLines(files, progress.from.stdout, reader.line)
  const stderr = readEnd(files, 'stderr', progress.from.stderr, complaintBytes)
  const ended = progress.exit ?? { code: null, signal: exit.signal ?? 'SIGKILL' }
  const judged = judge(agent, reader, { exit: ended, stderr, env })
  return { agent: combine(progress.earlier, judged.said), warnings: judged.warnings, ...more }
}
