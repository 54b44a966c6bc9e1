import { findProject, type Project } from '../../config.ts'
import { openCore } from '../../connect.ts'
import type { Api } from '../../contract/api.ts'
import { findServer } from '../../server/lock.ts'
import { serverLockPath } from '../../server/places.ts'
import { stopServer } from '../../server/stop.ts'
import { cancelAndWait } from '../cancel-and-wait.ts'
import { type Context, defineCommand } from '../command.ts'
import { endLine } from '../end-line.ts'
import { queueOption } from '../options.ts'
import { sayNoServer, sayStopping } from '../server-text.ts'
import { stopLane } from '../stop-lane.ts'
import type { Terminal } from '../terminal.ts'

const options = {
  queue: { ...queueOption, describe: 'stop the runner of this lane instead, after its task' },
  now: { type: 'flag', describe: 'cancel what runs, too' },
} as const

export const command = defineCommand({
  summary: 'Stop the server with its runners, or the runner of a lane.',
  options,
  notes: `The server answers requests under way first, and its runners go. Tasks go on, and the next runner of their lane takes
them up; with --now they are cancelled.
The runner of a lane goes after its task, and the server starts no other one until "sparkq start --queue NAME". Who asks
for --now gets the task cancelled first.`,
  examples: ['sparkq stop', 'sparkq stop --now', 'sparkq stop --queue auth'],
  local: true,
  run: async context => {
    const { options, terminal, cwd, env } = context
    if (options.queue !== undefined) return stopLane(context, options.queue, options.now)
    const project = findProject(cwd, env)
    const left = await listSupervisedTasks(project)
    const stopped = await stopServer(serverLockPath(project), sayStopping(terminal))
    if (!stopped) {
      sayNoServer(terminal)
      return
    }
    terminal.out.line(`Stopped the server (process ${stopped.process.pid}).`)
    await settle(context, project, left)
  },
})

/** Friendly ids of what the server's own runners execute. */
async function listSupervisedTasks(project: Project): Promise<string[]> {
  const holder = findServer(serverLockPath(project))
  if (!holder) return []
  return withCore(project, async core => {
    const { runners } = await core.listRunners()
    const theirs = runners.filter(it => it.supervisor?.pid === holder.process.pid && it.task_id !== null)
    const tasks = await Promise.all(theirs.map(it => core.getTask({ id: it.task_id as string })))
    return tasks.map(({ task }) => task.friendly_id)
  })
}

async function settle(
  { options: typed, terminal }: Context<Record<never, never>, typeof options>,
  project: Project,
  tasks: string[],
): Promise<void> {
  if (tasks.length === 0) return
  if (typed.now) await withCore(project, core => cancelAll(core, terminal, tasks))
  else {
    const go =
      tasks.length === 1
        ? 'goes on; the next runner of its lane takes it up'
        : 'go on; the next runners take them up'
    terminal.err.line(`${tasks.join(', ')} ${go}.`)
  }
}

async function cancelAll(api: Api, terminal: Terminal, tasks: string[]): Promise<void> {
  for (const id of tasks) {
    if ((await api.getTask({ id })).task.status !== 'running') continue
    const ended = await cancelAndWait(api, id, task => terminal.err.line(`Stopping ${task.friendly_id} …`))
    terminal.out.line(endLine(terminal, ended))
  }
}

async function withCore<T>(project: Project, work: (api: Api) => Promise<T>): Promise<T> {
  const core = openCore(project, 'cli')
  try {
    return await work(core)
  } finally {
    core.close()
  }
}
