import { findProject, type Project } from '../../config.ts'
import { openCore } from '../../connect.ts'
import type { Lanes } from '../../contract/supervision.ts'
import { leaveTask } from '../../processes/scrub.ts'
import type { Asked } from '../../server/lock.ts'
import { type Started, startServer } from '../../server/start.ts'
import { defineCommand } from '../command.ts'
import { sayNext } from '../hints.ts'
import { laneOptions } from '../lane-options.ts'
import { openingCommand, whyClosed } from '../lanes.ts'
import { addressOptions, asBeforeOption, readAddress, readLanesHere } from '../server-options.ts'
import { sayStarted } from '../server-text.ts'
import type { Terminal } from '../terminal.ts'

export const command = defineCommand({
  summary: 'Start the server in the background, with runners for the lanes that are named.',
  options: { ...addressOptions, ...laneOptions, 'as-before': asBeforeOption },
  notes: `Returns once the server answers. It goes on when the terminal is closed; "sparkq stop" ends it. What it has to say
stands in sparkq/logs/sparkq.log. A server that runs already works the lanes that are named from now on, too.`,
  examples: ['sparkq start --all', 'sparkq start -q auth', 'sparkq start --port 0'],
  local: true,
  run: async ({ options, terminal, cwd, env }) => {
    leaveTask(env)
    const project = findProject(cwd, env)
    const lanes = await readLanesHere(project, terminal, options)
    const asked = { ...lanes, asBefore: options['as-before'] }
    const started = await startServer(project, readAddress(options), env, asked)
    if (!started.began) {
      sayElsewhere(terminal, readAddress(options), started.holder)
      await workToo(project, lanes)
    }
    await sayStarted(terminal, project, started)
    await sayPaused(terminal, project, lanes)
  },
})

/** Tells a server that runs already. It hears of it through the database. */
async function workToo(project: Project, { all, sessions, queues }: Lanes): Promise<void> {
  const core = openCore(project, 'cli')
  try {
    if (all || sessions.length > 0) await core.extendSupervision({ all, sessions })
    for (const id of queues) await core.setRunnerWanted({ id, wanted: 'on' })
  } finally {
    core.close()
  }
}

/** A server that runs already stays where it is, whatever address was asked for. */
function sayElsewhere({ err }: Terminal, { host, port }: Asked, holder: Started['holder']): void {
  const isThere =
    (host ?? holder.host) === holder.host && (port || portOf(holder.address)) === portOf(holder.address)
  if (isThere) return
  err.line('It stays where it is.')
  const words = [...(host === null ? [] : [`--host ${host}`]), ...(port === null ? [] : [`--port ${port}`])]
  sayNext(err, [[`sparkq restart ${words.join(' ')}`, 'move it']])
}

const portOf = (address: string): number => Number(new URL(address).port || 80)

/** A lane that is paused has its runner when it is resumed. */
async function sayPaused({ err }: Terminal, project: Project, { queues }: Lanes): Promise<void> {
  const core = openCore(project, 'cli')
  try {
    for (const id of queues) {
      const { queue } = await core.getQueue({ id })
      if (queue.status !== 'idle') continue
      err.line(`"${queue.name}" is ${whyClosed(queue)}: nothing is claimed from it.`)
      sayNext(err, [[openingCommand(queue) as string, 'let it go on']])
    }
  } finally {
    core.close()
  }
}
