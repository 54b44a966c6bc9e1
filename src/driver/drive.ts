import fs from 'node:fs'
import { type AttemptFiles, outputSizes } from '../attempt-files/paths.ts'
import { forgetSnapshots, recordChanges, snapshotOrWarning } from '../changes/record.ts'
import {
  type AgentSaid,
  type AgentTool,
  type CommandTool,
  type DriveBefore,
  type DrivePlan,
  type DriveProgress,
  type DriveReport,
  writeJson,
} from './plan.ts'
import { checkPrompt } from './prompts.ts'
import { readEnd } from './read-lines.ts'
import { runAgent } from './run-agent.ts'
import { combine } from './said.ts'
import { startTool, whyNotStarted } from './start-tool.ts'

/** How much of what a check printed is told to the agent. */
const checkOutputBytes = 64 * 1024
/** What is left for the look at what changed when the run is being stopped: the KILL is near. */
const hurriedLookMs = 2000

/** `stopped` aborts when the run is to end: what runs then has had its TERM as well. */
export type Circumstances = { env: NodeJS.ProcessEnv; stopped: AbortSignal; say: (line: string) => void }

type Drive = Circumstances & { plan: DrivePlan; files: AttemptFiles; progress: DriveProgress }

/** Does what a plan says, to its end. */
export async function drive(
  plan: DrivePlan,
  files: AttemptFiles,
  circumstances: Circumstances,
): Promise<DriveReport> {
  const progress: DriveProgress = {
    stage: 'tool',
    from: outputSizes(files),
    resumed: null,
    earlier: [],
    exit: null,
  }
  const it: Drive = { ...circumstances, plan, files, progress }
  // Before the look, which may take seconds: who finds that this process is gone has to know that it was there.
  note(it, {})
  const before = await lookBefore(it)
  const worked = await (plan.tool.kind === 'agent' ? workAgent(it, plan.tool) : workCommand(it, plan.tool))
  note(it, { stage: 'done', exit: worked.exit, ...(worked.check ? { check: worked.check } : {}) })
  const { changes, warnings } = await lookAfter(it, before)
  return { ...worked, changes, warnings: [...before.warnings, ...worked.warnings, ...warnings] }
}

type Worked = Omit<DriveReport, 'changes'>

/** The agent, its check, and the agent again with what the check said, as often as is allowed. */
async function workAgent(it: Drive, tool: AgentTool): Promise<Worked> {
  const { plan, files, env, stopped } = it
  const all: AgentSaid[] = []
  const warnings: string[] = []
  let { session } = tool
  let prompt = files.prompt
  for (let round = 0; ; round++) {
    note(it, {
      stage: 'tool',
      from: outputSizes(files),
      resumed: session.resume ? session.id : null,
      earlier: all,
    })
    let end: Awaited<ReturnType<typeof runAgent>>
    try {
      end = await runAgent(plan, files, { tool, session, prompt, env })
    } catch (error) {
      const argv = [tool.agent]
      const failed = whyNotStarted(error, { argv, cwd: plan.cwd })
      return { exit: { code: null, signal: null }, failed, agent: together(all), warnings }
    }
    const { exit, said } = end
    all.push(said)
    warnings.push(...end.warnings)
    const worked = (): Worked => ({ exit, agent: together(all), warnings })
    if (!plan.check || said.report.outcome !== 'ok') return worked()
    if (stopped.aborted) return { ...worked(), check: checkOf(plan.check.command, null) }
    const check = await runCheck(it, plan.check.command)
    const id = said.report.session_id
    const isLast = check.code === 0 || round >= plan.check.retries || id === undefined || stopped.aborted
    if (isLast) return { ...worked(), check: checkOf(plan.check.command, check) }
    it.say(
      `The check failed; what it printed goes back to the agent (${round + 1} of ${plan.check.retries}).`,
    )
    prompt = `${files.prompt}.${round + 2}`
    const output = readEnd(files, 'stderr', check.from, checkOutputBytes)
    fs.writeFileSync(prompt, checkPrompt({ command: plan.check.command, code: check.code, output }), {
      mode: 0o600,
    })
    session = { id, resume: true }
  }
}

function together(all: readonly AgentSaid[]): AgentSaid | null {
  const last = all.at(-1)
  return last ? combine(all.slice(0, -1), last) : null
}

/** A script, or a command line that takes a prompt: there is nobody to be told what its check says. */
async function workCommand(it: Drive, { argv, prompt }: CommandTool): Promise<Worked> {
  const { plan, files, env, stopped } = it
  note(it, { stage: 'tool', from: outputSizes(files) })
  try {
    const { ended } = await startTool({ argv, cwd: plan.cwd, env, input: prompt ? files.prompt : undefined })
    const exit = await ended
    const worked: Worked = { exit, agent: null, warnings: [] }
    if (!plan.check || exit.code !== 0) return worked
    if (stopped.aborted) return { ...worked, check: checkOf(plan.check.command, null) }
    return { ...worked, check: checkOf(plan.check.command, await runCheck(it, plan.check.command)) }
  } catch (error) {
    const failed = whyNotStarted(error, { argv, cwd: plan.cwd })
    return { exit: { code: null, signal: null }, failed, agent: null, warnings: [] }
  }
}

/** `isOver`: it was not stopped before it could tell. */
type Checked = { code: number | null; from: number; isOver: boolean }

async function runCheck(it: Drive, command: string): Promise<Checked> {
  const { plan, files, env, stopped } = it
  note(it, { stage: 'check' })
  it.say(`Checking: ${command}`)
  const from = outputSizes(files).stderr
  const { ended } = await startTool({ argv: ['bash', '-c', command], cwd: plan.cwd, env, aside: true })
  const { code } = await ended
  return { code, from, isOver: code === 0 || !stopped.aborted }
}

const checkOf = (command: string, checked: Checked | null): NonNullable<DriveReport['check']> => ({
  command,
  passed: checked?.isOver ? checked.code === 0 : null,
  code: checked?.code ?? null,
})

function note(it: Drive, news: Partial<DriveProgress>): void {
  Object.assign(it.progress, news)
  writeJson(it.files.progress, it.progress)
}

async function lookBefore({ plan, files, stopped }: Drive): Promise<DriveBefore> {
  if (!plan.look || stopped.aborted) return { snapshot: null, warnings: [] }
  const deadline = performance.now() + plan.limits.look
  const before = await snapshotOrWarning({ folder: plan.look.folder, store: files.objects, deadline })
  writeJson(files.before, before)
  return before
}

async function lookAfter({ plan, files, stopped }: Drive, { snapshot }: DriveBefore) {
  if (!plan.look || !snapshot) return { changes: null, warnings: [] }
  const limitMs = stopped.aborted ? hurriedLookMs : plan.limits.look
  const { worktree } = plan.look
  const deadline = performance.now() + limitMs
  const found = await recordChanges(snapshot, { deadline, worktree, shared: false })
  forgetSnapshots(files.objects)
  return found
}
