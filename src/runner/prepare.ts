import fs from 'node:fs'
import type { AttemptFiles } from '../attempt-files/paths.ts'
import { GitTrouble } from '../changes/git.ts'
import { ensureTree, slugOf } from '../changes/worktree.ts'
import { payloadSchema } from '../contract/payloads.ts'
import type { Queue } from '../contract/queues.ts'
import type { Task } from '../contract/tasks.ts'
import { kindOf, type Tool } from '../contract/tools.ts'
import { findErrors } from '../contract/validate.ts'
import { type DrivePlan, usualLimits, writeJson } from '../driver/plan.ts'
import { driverCommand } from '../driver/start.ts'
import { prepareAgent } from './agent-task.ts'
import type { Bench } from './bench.ts'
import { type Command, planCommand, type Refused, refuse } from './command.ts'

/** `shown`: what to tell people of what runs, where a driver runs it. */
export type Prepared = Command & { shown?: string[] }

/** What making a work tree of a large repository may take. */
const treeLimitMs = 300_000
const usualRetries = 2

/**
 * What to start for a task: its own command, or, where an agent works on it, where it has a check, or where it is to be seen
 * what it changes, a driver with a plan on disk.
 */
export async function prepare(
  bench: Bench,
  task: Task,
  files: AttemptFiles,
  mark: string,
): Promise<Prepared | Refused> {
  const tool = await bench.toolOf(task.tool_name)
  const { queue } = await bench.api.getQueue({ id: task.queue.id })
  if (tool && isAgent(tool)) return prepareAgentTask(bench, { task, files, mark, tool, queue })
  const plan = planCommand(task, tool?.command ?? null, bench.root)
  if ('kind' in plan) return plan
  const check = checkOf(task, queue)
  const isSeen = bench.seenChanges === 'all'
  if (!check && !isSeen) return plan
  const { argv, cwd, stdin } = plan
  const command = { kind: 'command' as const, argv, prompt: stdin !== undefined }
  const look = isSeen ? { folder: cwd, worktree: null } : null
  return driven(files, task, plan, { mark, cwd, tool: command, check, look, limits: usualLimits })
}

type AgentTool = Tool & { agent: NonNullable<Tool['agent']> }
const isAgent = (tool: Tool): tool is AgentTool => tool.agent !== null

type AgentTask = { task: Task; files: AttemptFiles; mark: string; tool: AgentTool; queue: Queue }

async function prepareAgentTask(
  bench: Bench,
  { task, files, mark, tool, queue }: AgentTask,
): Promise<Prepared | Refused> {
  const schema = payloadSchema(kindOf(tool), task.payload as Record<string, unknown>)
  const [error] = schema ? findErrors(schema, task.payload) : []
  if (error)
    return refuse('invalid_payload', `This is no payload for ${tool.name}: ${error.pointer} ${error.detail}.`)
  const place = await findPlace(bench, queue)
  if ('kind' in place) return place
  const { folder: cwd, worktree } = place
  const { tool: how, prompt, argv } = await prepareAgent(bench, task, tool, cwd)
  const look = bench.seenChanges === 'none' ? null : { folder: cwd, worktree }
  const plan: DrivePlan = { mark, cwd, tool: how, check: checkOf(task, queue), look, limits: usualLimits }
  return driven(files, task, { argv, cwd, env: {}, stdin: prompt }, plan)
}

/** The project's own tree, or that of its lane. */
async function findPlace(
  { root }: Bench,
  { settings, task_prefix, name }: Queue,
): Promise<{ folder: string; worktree: string | null } | Refused> {
  if (!settings.worktree) {
    if (fs.statSync(root, { throwIfNoEntry: false })?.isDirectory()) return { folder: root, worktree: null }
    return refuse('spawn_failed', `the folder ${root} to run in does not exist.`)
  }
  try {
    const { folder, path } = await ensureTree(root, slugOf(task_prefix), performance.now() + treeLimitMs)
    return { folder, worktree: path }
  } catch (error) {
    if (!(error instanceof GitTrouble)) throw error
    return refuse('spawn_failed', `the lane ${name} could not get a work tree of its own: ${error.message}.`)
  }
}

/** The task's own check goes before the lane's. */
function checkOf({ payload }: Task, { settings }: Queue): DrivePlan['check'] {
  const own = (payload as { check?: string }).check
  const command = own ?? settings.check
  return command === undefined ? null : { command, retries: settings.check_retries ?? usualRetries }
}

/** The prompt and the plan are on disk before anything begins, and readable by the user alone. */
function driven(files: AttemptFiles, task: Task, command: Command, plan: DrivePlan): Prepared {
  const { argv, cwd, env, stdin } = command
  fs.mkdirSync(files.folder, { recursive: true, mode: 0o700 })
  if (stdin !== undefined) fs.writeFileSync(files.prompt, stdin, { mode: 0o600 })
  writeJson(files.plan, plan)
  return { argv: driverCommand(files, task.attempt as number), cwd, env, shown: argv }
}
