import fs from 'node:fs'
import path from 'node:path'
import { carryOutFiles, type FilePlan, lookInstalled, planUninstall } from '../../agent-files/install.ts'
import type { LaneTreeState } from '../../changes/lane-trees.ts'
import { configFileName, type Project } from '../../config.ts'
import { type ProjectAnyhow, readProjectAnyhow } from '../../config-anyhow.ts'
import { openCore } from '../../connect.ts'
import { agentFacts } from '../../contract/agents.ts'
import type { Api } from '../../contract/api.ts'
import { listRunning } from '../../contract/begun.ts'
import { SparkqError } from '../../contract/errors.ts'
import { liveness } from '../../processes/identity.ts'
import { findOpeners } from '../../processes/openers.ts'
import { findLockFiles, lockFolder } from '../../runner/lock-file.ts'
import { serverLockPath } from '../../server/places.ts'
import { findService, removeService } from '../../server/service/manager.ts'
import { stopServer } from '../../server/stop.ts'
import { sayTheirs } from '../agent-diff.ts'
import { allTargets } from '../agent-files.ts'
import { confirm } from '../ask.ts'
import { type Context, defineCommand } from '../command.ts'
import { listQueues } from '../lanes.ts'
import { stillRunning, stopRunner, stopRunners, stopTasks } from '../stop-work.ts'
import { carryOut, isNothing, type Plan, planTeardown } from '../teardown-plan.ts'
import { findTrees, removeTrees, treeLines } from '../teardown-trees.ts'
import type { Face, Terminal } from '../terminal.ts'
import { count } from '../text.ts'

const options = {
  force: { type: 'flag', describe: 'do not ask; cancel what runs' },
  'keep-config': { type: 'flag', describe: `leave ${configFileName} where it is` },
} as const

const nothing = 'Nothing was removed.'

type Typed = Context<Record<never, never>, typeof options>

export const command = defineCommand({
  summary: 'Remove SparkQ from this folder: config, database, output, locks.',
  options,
  notes: `Removes, in this folder alone:
  sparkq.yml                          unless --keep-config
  the database                        sparkq/data/sparkq.db and what belongs to it
  output and logs                     sparkq/logs/
  lock files of server and runners    sparkq.lock; sparkq-runner-*.lock in the temporary folder
  the token of other machines         sparkq/data/token
  the playbook of assistants          sparkq/WORKER_PLAYBOOK.md, if nobody changed it
  what else setup made                its example scripts, if nobody changed them; its lines in .git/info/exclude
  work trees of lanes                 sparkq/worktrees/; what was done in them stays, on branches sparkq/LANE
  what assistants are told            by "agent install", in this project's files
  the service                         if one was installed, in the user's own settings
  what a runner keeps for base_url    in the user's own state folder, once it is sent
It lists them and asks first. Server and runners are stopped. It refuses while a task runs, unless forced: tasks are then
stopped, with all that they have started. What is not SparkQ's stays.`,
  local: true,
  examples: ['sparkq teardown', 'sparkq teardown --force --keep-config'],
  run: async context => {
    const { terminal, cwd, env } = context
    const found = readProjectAnyhow(cwd)
    const { project } = found
    sayMistake(terminal, found)
    const core = openIfThere(project, terminal)
    const queueIds = core ? (await listQueues(core, { archived: true })).map(({ id }) => id) : []
    const lookAgain = () =>
      planTeardown(cwd, project, { keepConfig: context.options['keep-config'], queueIds, env })
    const plan = lookAgain()
    const trees = await findTrees(cwd, terminal.err)
    try {
      if (!isNothing(plan) || trees.length > 0) {
        if (!(await isWanted(context, plan, trees, core))) return 1
        await stopAll(context, project, core)
      }
    } finally {
      core?.close()
    }
    // Tasks that were stopped may have left something in them.
    if (trees.length > 0) await removeTrees(cwd, await findTrees(cwd, terminal.err), terminal.err)
    takeBackAgents(cwd, env, terminal.err)
    // Whatever was stopped may have left its last lines.
    sayRemoved(terminal, plan, carryOut(lookAgain()), cwd)
    return 0
  },
})

async function isWanted(
  { options, terminal, cwd, env }: Typed,
  plan: Plan,
  trees: readonly LaneTreeState[],
  api: Api | undefined,
) {
  if (options.force) return true
  const running = api ? await listRunning(api) : []
  if (running.length > 0) throw stillRunning(running)
  terminal.err.line('This will be removed:')
  for (const file of plan.remove) terminal.err.line(`  ${shown(file, cwd)}`)
  for (const line of treeLines(trees)) terminal.err.line(`  ${line}`)
  for (const { changes } of planAgents(cwd, env))
    for (const { file } of changes) terminal.err.line(`  what "agent install" wrote in ${shown(file, cwd)}`)
  for (const pattern of plan.excludes) terminal.err.line(`  ${pattern} in .git/info/exclude`)
  return confirm(terminal, 'Nothing of it can be brought back.', '--force', nothing)
}

/** Of this project's files alone: what is told in the user's own holds for their other projects, too. */
const planAgents = (cwd: string, env: NodeJS.ProcessEnv): FilePlan[] =>
  allTargets(cwd, env)
    .filter(({ at }) => at.scope === 'project' && lookInstalled(at) !== undefined)
    .map(({ at, pieces }) => planUninstall(at, pieces))

function takeBackAgents(cwd: string, env: NodeJS.ProcessEnv, err: Face): void {
  for (const plan of planAgents(cwd, env)) {
    carryOutFiles(plan)
    sayTheirs(err, plan, cwd)
  }
  for (const { at } of allTargets(cwd, env)) {
    if (at.scope === 'project' || lookInstalled(at) === undefined) continue
    err.line(`${agentFacts[at.agent].title} is told of SparkQ for all your projects; that stays:`)
    err.line(`  sparkq agent uninstall ${at.agent} --user`)
  }
}

/** What would begin anew, first: a task of a lane, a server of the service, a runner of a server. */
async function stopAll({ options, terminal: { err }, env }: Typed, project: Project, api: Api | undefined) {
  if (api) await stopTasks(api, err, options.force)
  const service = findService(project, env)
  if (service && removeService(service)) err.line(`Stopped the service ${service.name}.`)
  await stopServer(serverLockPath(project), ({ process: { pid } }) => {
    err.line(`Stopping the server (process ${pid}) …`)
  })
  if (api) await stopRunners(api, err)
  await stopUnlisted(project, env, err)
}

/** Runners that the database does not name: it is damaged, or they have nothing to run yet (`runner --all`). */
async function stopUnlisted(project: Project, env: NodeJS.ProcessEnv, err: Face): Promise<void> {
  const folder = lockFolder(env, project.config.queue_runner.lock_dir)
  const owners = findLockFiles(folder, project.configFile, []).map(({ owner }) => owner)
  for (const runner of [...owners, ...findOpeners(project.database, 'runner')]) {
    if (runner === null || liveness(runner) !== 'alive') continue
    err.line(`Stopping a runner (process ${runner.pid}) …`)
    await stopRunner(runner)
  }
}

function sayMistake({ err }: Terminal, { mistake, guessed }: ProjectAnyhow): void {
  if (mistake === undefined) return
  err.line(
    guessed
      ? `${mistake} Going by the default paths; what the file put elsewhere remains.`
      : `${mistake} Going by the paths that it names.`,
  )
}

/** A database that cannot be opened goes as a file; what runs is then not known. */
function openIfThere(project: Project, { err }: Terminal) {
  if (!fs.existsSync(project.database)) return undefined
  try {
    return openCore(project, 'cli')
  } catch (error) {
    if (!(error instanceof SparkqError)) throw error
    err.line(`${error.message} Whether something runs cannot be seen.`)
    return undefined
  }
}

function sayRemoved({ out, err }: Terminal, plan: Plan, kept: string[], cwd: string): void {
  const what = count(plan.remove.length, 'file or folder', 'files and folders')
  out.line(isNothing(plan) ? 'Nothing to remove here.' : `Removed SparkQ from ${cwd} · ${what}`)
  for (const file of plan.changed) err.line(`${file} stays: it was changed.`)
  for (const folder of kept) err.line(`${shown(folder, cwd)} stays: something else lies in it.`)
}

/** Short where it lies in this folder. */
function shown(file: string, cwd: string): string {
  const relative = path.relative(cwd, file)
  return relative.startsWith('..') ? file : relative
}
