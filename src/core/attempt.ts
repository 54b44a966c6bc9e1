import type { Attempt } from '../contract/attempts.ts'
import { conflict, notFound } from '../contract/errors.ts'
import type { Task } from '../contract/tasks.ts'
import type { Context } from './context.ts'
import { wrongState } from './transitions.ts'

export function getAttempt(ctx: Context, task: Task, number: number): Attempt {
  const attempt = ctx.store.attempts.get(task.id, number)
  if (attempt) return attempt
  throw notFound(`${task.friendly_id} has no attempt ${number}.`, `sparkq task ${task.friendly_id}`)
}

export function requireCurrent(task: Task, attempt: number): Task {
  if (task.attempt !== attempt) {
    throw conflict(
      `Attempt ${attempt} of ${task.friendly_id} is over; its current one is ${task.attempt ?? 'none'}.`,
      `sparkq task ${task.friendly_id}`,
    )
  }
  if (task.status !== 'running') throw wrongState(task, 'a running task can be finished')
  return task
}
