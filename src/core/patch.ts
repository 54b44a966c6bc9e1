import type { Input, Output } from '../contract/api.ts'
import { getAttempt } from './attempt.ts'
import type { Context } from './context.ts'
import { findTask } from './find.ts'

export function getPatch(ctx: Context, input: Input<'getPatch'>): Output<'getPatch'> {
  const task = findTask(ctx, input.id)
  const number = input.attempt ?? ctx.store.attempts.lastChanged(task.id) ?? task.attempt
  if (number === null) return { attempt: null, changes: null, patch: '' }
  const { changes } = getAttempt(ctx, task, number)
  return { attempt: number, changes, patch: ctx.store.patches.get(task.id, number) }
}
