import type { Api } from '../contract/api.ts'
import type { Config } from '../contract/config.ts'
import { conflict } from '../contract/errors.ts'
import type { Queue } from '../contract/queues.ts'
import type { Runner } from '../contract/runners.ts'
import { shellQueue } from '../contract/shell-word.ts'
import { endLine } from './end-line.ts'
import { type Hint, sayNext } from './hints.ts'
import { findQueue, findRunner } from './lanes.ts'
import { timeText } from './task-text.ts'
import type { Terminal } from './terminal.ts'

/** How long a runner without a task, or with one that is cancelled, may take to go beyond the grace of its task. */
const goLimitMs = 30_000
const lookMs = 50

/** Has the runner of a lane go after its task, or with `now` at once, its task cancelled. */
export async function stopLane(
  api: Api,
  config: Config,
  terminal: Terminal,
  name: string,
  now: boolean,
): Promise<undefined> {
  const { out, err } = terminal
  const queue = await findQueue(api, name)
  const runner = await findRunner(api, queue.id)
  const task = runner?.task_id ? (await api.getTask({ id: runner.task_id })).task : undefined
  await api.setRunnerWanted({ id: queue.id, wanted: 'off', now })
  if (!runner) {
    const { supervision } = await api.getSupervision()
    out.line(`No runner works "${queue.name}"${supervision ? ', and the server starts none' : ''}.`)
    if (supervision) sayNext(err, await startHints(api, queue))
    return
  }
  if (task && !now) {
    out.line(`The runner of "${queue.name}" goes when ${task.friendly_id} has ended (${timeText(task)}).`)
    sayNext(err, [
      [`sparkq stop ${shellQueue(queue.name)} --now`, 'cancel it'],
      [`sparkq logs -f ${task.friendly_id}`, 'follow it'],
    ])
    return
  }
  if (task) err.line(`Stopping ${task.friendly_id} …`)
  await untilGone(api, queue, runner, config.limits.stop_grace * 1000 + goLimitMs)
  out.line(`Stopped the runner of "${queue.name}" (process ${runner.process.pid}).`)
  if (task) out.line(endLine(terminal, (await api.getTask({ id: task.id })).task))
  sayNext(err, await startHints(api, queue))
}

async function untilGone(
  api: Api,
  queue: Queue,
  { id, process: runner }: Runner,
  limitMs: number,
): Promise<void> {
  const deadline = performance.now() + limitMs
  while ((await findRunner(api, queue.id))?.id === id) {
    if (performance.now() > deadline)
      throw conflict(
        `The runner (process ${runner.pid} on ${runner.hostname}) does not go.`,
        `kill -9 ${runner.pid}`,
      )
    await new Promise(resolve => setTimeout(resolve, lookMs))
  }
}

async function startHints(api: Api, queue: Queue): Promise<Hint[]> {
  const { supervision } = await api.getSupervision()
  return [[`sparkq ${supervision ? 'start' : 'runner'} ${shellQueue(queue.name)}`, 'work it again']]
}
