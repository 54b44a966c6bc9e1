import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { type AttemptFiles, attemptFilesIn } from '../../src/attempt-files/paths.ts'
import {
  type AgentTool,
  type DrivePlan,
  type DriveReport,
  type Exit,
  readDriveReport,
  usualLimits,
  writeJson,
} from '../../src/driver/plan.ts'
import { driverCommand } from '../../src/driver/start.ts'
import { listMarked } from '../../src/processes/table.ts'
import { fakeAgents } from '../agents/fake-agents.ts'
import { type Cleaner, tempFolder } from '../support/folder.ts'

export type Driving = {
  files: AttemptFiles
  cwd: string
  pid: number
  mark: string
  ended: Promise<Exit>
  kill(signal: NodeJS.Signals): void
  report(): DriveReport
  calls: ReturnType<typeof fakeAgents>['calls']
  /** What bears the attempt's mark and lives. */
  alive(): { pid: number; command: string }[]
}

export const agentTool = (more: Partial<AgentTool> = {}): AgentTool => ({
  kind: 'agent',
  agent: 'claude',
  settings: { model: null, args: [], permission_mode: null, max_turns: null, max_budget_usd: null },
  session: { id: null, resume: false },
  use_api_key: false,
  ...more,
})

/** A driver at work, as the recorder starts it: in a group of its own, with the attempt's files as its outputs. */
export function startDriver(
  t: Cleaner,
  {
    prompt = 'x',
    env = {},
    ...given
  }: Partial<DrivePlan> & { prompt?: string; env?: NodeJS.ProcessEnv } = {},
): Driving {
  const folder = tempFolder(t)
  const { env: agents, calls } = fakeAgents(t)
  const files = attemptFilesIn(path.join(folder, 'task'), 1)
  const cwd = given.cwd ?? path.join(folder, 'work')
  const mark = `mark_driver_${path.basename(folder)}`
  fs.mkdirSync(files.folder)
  fs.mkdirSync(cwd, { recursive: true })
  fs.writeFileSync(files.prompt, prompt)
  const plan: DrivePlan = {
    mark,
    cwd,
    tool: agentTool(),
    check: null,
    look: null,
    limits: usualLimits,
    ...given,
  }
  writeJson(files.plan, plan)
  const [program, ...args] = driverCommand(files, 1) as [string, ...string[]]
  const outputs = [fs.openSync(files.stdout, 'a'), fs.openSync(files.stderr, 'a')] as const
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...agents, SPARKQ_MARK: mark, ...env },
    detached: true,
    stdio: ['ignore', ...outputs],
  })
  for (const fd of outputs) fs.closeSync(fd)
  const pid = child.pid as number
  const ended = new Promise<Exit>(resolve => child.once('exit', (code, signal) => resolve({ code, signal })))
  const alive = () => listMarked().filter(row => row.mark === mark)
  t.after(async () => {
    for (const { pid } of alive()) process.kill(pid, 'SIGKILL')
    await ended
  })
  return {
    ...{ files, cwd, pid, mark, ended, calls, alive },
    kill: signal => process.kill(pid, signal),
    report: () => {
      const report = readDriveReport(files)
      if (!report) throw new Error(`no report: ${fs.readFileSync(files.stderr, 'utf8')}`)
      return report
    },
  }
}
