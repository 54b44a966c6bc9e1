import type { Api } from '../contract/api.ts'
import type { Queue } from '../contract/queues.ts'
import { shellQueue } from '../contract/shell-word.ts'
import { chooseAsToldToServer } from '../supervisor/choose.ts'
import type { Hint } from './hints.ts'
import { findRunner, openingCommand, whyClosed, workCommand } from './lanes.ts'
import { isRun } from './tool-kinds.ts'

/**
 * What keeps work of these tools in a lane from being begun, and what to type against it; a lane that a runner works
 * has neither, and one that is about to get its runner from the server needs nothing typed.
 */
export async function laneNext(
  api: Api,
  queue: Queue,
  tools: readonly string[],
): Promise<{ state?: string; next: Hint[] }> {
  const closed = whyClosed(queue)
  if (closed !== undefined) {
    const opening = openingCommand(queue)
    return { state: `the lane is ${closed}`, next: opening ? [[opening, 'let it go on']] : [] }
  }
  const runs = await Promise.all(tools.map(tool => isRun(api, tool)))
  if (!runs.includes(true))
    return { state: 'for a worker to claim', next: [[`sparkq claim ${shellQueue(queue.name)}`, 'take it']] }
  if (await findRunner(api, queue.id)) return { next: [] }
  if (await isKept(api, queue)) return { state: 'the server starts its runner', next: [] }
  return { state: 'nothing runs this lane', next: [[await workCommand(api, queue), 'work it now']] }
}

/** Whether a server keeps a runner on this lane, be it that it is about to start it. */
export async function isKept(api: Api, queue: Queue): Promise<boolean> {
  const { supervision } = await api.getSupervision()
  if (supervision === null || queue.status !== 'active') return false
  return (await chooseAsToldToServer(api)())(queue) === 'work'
}
