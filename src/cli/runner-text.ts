import type { Api } from '../contract/api.ts'
import type { Runner } from '../contract/runners.ts'
import type { Space } from '../contract/space.ts'
import type { Task } from '../contract/tasks.ts'
import { findQueue, ifAny, whyClosed } from './lanes.ts'
import { statusText } from './task-text.ts'
import { oneLine } from './text.ts'
import { clock } from './times.ts'

/**
 * What a runner does, or waits for: `works on A-3, stalled for 12 min`, `waits for a place`.
 * @param space the disk that keeps lanes from being worked
 */
export async function doesText(api: Api, runner: Runner, space: Space | null): Promise<string> {
  const { task_id, stop_requested_at } = runner
  const found = task_id === null ? undefined : await ifAny(api.getTask({ id: task_id }))
  if (!found) return (await givenOut(api, runner)) ?? idleText(api, runner, space)
  return `${worksText(found.task)}${stop_requested_at === null ? '' : ', then goes'}`
}

/** A runner for a chat executes nothing: what it has given out bears its name. */
async function givenOut(api: Api, { queue, worker_id }: Runner): Promise<string | undefined> {
  const { tasks } = await api.listTasks({ queue_id: queue.id, status: 'running', limit: 1 })
  return tasks[0]?.worker_id === worker_id ? `has given out ${tasks[0].friendly_id}` : undefined
}

function worksText(task: Task): string {
  const state = task.status === 'running' ? statusText(task).replace(/^running( · )?/, '') : ''
  return `works on ${task.friendly_id}${state && `, ${state.replaceAll(' · ', ', ')}`}`
}

async function idleText(api: Api, { queue: { id } }: Runner, space: Space | null): Promise<string> {
  const { task, none_because, retry_at } = await api.peekQueue({ id })
  switch (none_because) {
    case 'not_active':
      return `waits, as the lane is ${whyClosed(await findQueue(api, id)) ?? 'about to be worked'}`
    case 'delayed':
    case 'waiting':
      return retry_at === null ? 'waits for an answer' : `waits until ${clock(retry_at)}`
    case 'max_running':
      return space ? noRoom : 'waits for a place'
    case 'provider':
      return providerText(retry_at)
    case 'tree_busy':
      return noTree
    case null:
      return task ? firstText(api, task) : 'waits for work'
    default:
      return 'waits for work'
  }
}

const noRoom = 'waits for room on the disk'
const noTree = 'waits for the work tree, where another agent works'
const providerText = (until: string | null): string =>
  until === null ? 'waits for its agent, which is paused' : `waits for its agent until ${clock(until)}`

/** What keeps the runner from the first in line, which others could take. */
async function firstText(api: Api, { id, friendly_id, tool_name }: Task): Promise<string> {
  const found = await ifAny(api.explainTask({ id }))
  switch (found?.why.code) {
    case 'no_space':
      return noRoom
    case 'max_running':
      return 'waits for a place'
    case 'other_tool':
      return `waits, as ${friendly_id} is for ${oneLine(tool_name)}, which no runner runs`
    case 'tool_missing':
      return `waits, as the program of ${oneLine(tool_name)} is not there`
    case 'tree_busy':
      return noTree
    case 'provider':
      return providerText(found.why.until)
    default:
      return `is about to take ${friendly_id}`
  }
}
