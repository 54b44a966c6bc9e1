import type { Api } from '../contract/api.ts'
import { SparkqError } from '../contract/errors.ts'
import type { Task } from '../contract/tasks.ts'
import { openPulse } from './follow.ts'

/** How often the cancel is said again, in case the runner that was asked is gone meanwhile. */
const againMs = 2000

/**
 * Cancels a task and waits for its end.
 * @param onWaiting is told once, when it does not end at once
 */
export async function cancelAndWait(api: Api, id: string, onWaiting: (task: Task) => void): Promise<Task> {
  const pulse = await openPulse(api)
  try {
    let { task } = await api.cancelTask({ id })
    if (task.status === 'running') onWaiting(task)
    while (task.status === 'running') {
      await pulse.changed(againMs)
      task = (await api.getTask({ id: task.id })).task
      if (task.status === 'running') task = await cancelAgain(api, task)
    }
    return task
  } finally {
    await pulse.stop()
  }
}

async function cancelAgain(api: Api, { id }: Task): Promise<Task> {
  try {
    return (await api.cancelTask({ id })).task
  } catch (error) {
    // It ended by itself in this very moment.
    if (error instanceof SparkqError && error.code === 'conflict') return (await api.getTask({ id })).task
    throw error
  }
}
