import fs from 'node:fs'
import path from 'node:path'
import { configFileName, type Project } from '../../config.ts'
import { openCore } from '../../connect.ts'
import type { Api } from '../../contract/api.ts'
import { conflict, SparkqError } from '../../contract/errors.ts'
import { serverLockPath, serverLockPattern } from '../../server/places.ts'
import { findService, removeService } from '../../server/service/manager.ts'
import { stopServer } from '../../server/stop.ts'
import { confirm } from '../ask.ts'
import { type Context, defineCommand } from '../command.ts'
import { databasePattern, includeInGit } from '../git-exclude.ts'
import { listQueues } from '../lanes.ts'
import { listRunning, stopWork } from '../stop-work.ts'
import { carryOut, type Plan, planTeardown, readProjectAnyhow } from '../teardown-plan.ts'
import type { Terminal } from '../terminal.ts'
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
  the service                         if one was installed, in the user's own settings
It lists them and asks first. Server and runners are stopped. It refuses while a task runs, unless forced.`,
  local: true,
  examples: ['sparkq teardown', 'sparkq teardown --force --keep-config'],
  run: async context => {
    const { terminal, cwd } = context
    const { project, mistake } = readProjectAnyhow(cwd)
    if (mistake) terminal.err.line(mistake)
    const core = openIfThere(project, terminal)
    let plan: Plan | undefined
    try {
      plan = await prepare(context, project, core)
    } finally {
      core?.close()
    }
    if (plan === undefined) return 1
    sayRemoved(terminal, plan, carryOut(plan), cwd)
    for (const pattern of [serverLockPattern, databasePattern(cwd, project.database)])
      if (pattern) includeInGit(cwd, pattern)
    return 0
  },
})

/** Asks, and stops what works. @returns undefined when the answer was no */
async function prepare(
  { options, terminal, cwd, env }: Typed,
  project: Project,
  api: Api | undefined,
): Promise<Plan | undefined> {
  const queues = api ? await listQueues(api, { archived: true }) : []
  const plan = planTeardown(cwd, project, {
    keepConfig: options['keep-config'],
    queueIds: queues.map(queue => queue.id),
    env,
  })
  if (plan.remove.length === 0) return plan
  if (!options.force) {
    if (api) await refuseWhileRunning(api)
    terminal.err.line('This will be removed:')
    for (const file of plan.remove) terminal.err.line(`  ${shown(file, cwd)}`)
    if (!(await confirm(terminal, 'Nothing of it can be brought back.', '--force', nothing))) return undefined
  }
  // First: it would start the server again.
  const service = findService(project, env)
  if (service && removeService(service)) terminal.err.line(`Stopped the service ${service.name}.`)
  await stopServer(serverLockPath(project), ({ process: { pid } }) => {
    terminal.err.line(`Stopping the server (process ${pid}) …`)
  })
  if (api) await stopWork(api, terminal.err)
  return plan
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

async function refuseWhileRunning(api: Api): Promise<void> {
  const running = await listRunning(api)
  if (running.length === 0) return
  const names = running.map(task => task.friendly_id).join(', ')
  throw conflict(
    `${names} ${running.length === 1 ? 'is' : 'are'} still running: nothing was removed.`,
    `sparkq cancel ${running[0]?.friendly_id}\nsparkq teardown --force`,
  )
}

function sayRemoved({ out, err }: Terminal, { remove }: Plan, kept: string[], cwd: string): void {
  const what = count(remove.length, 'file or folder', 'files and folders')
  out.line(remove.length === 0 ? 'Nothing to remove here.' : `Removed SparkQ from ${cwd} · ${what}`)
  for (const folder of kept) err.line(`${shown(folder, cwd)} stays: something else lies in it.`)
}

/** Short where it lies in this folder. */
function shown(file: string, cwd: string): string {
  const relative = path.relative(cwd, file)
  return relative.startsWith('..') ? file : relative
}
