import type { Input, Output } from '../contract/api.ts'
import { SparkqError } from '../contract/errors.ts'
import type { CheckedTask, TaskInput } from '../contract/tasks.ts'
import type { Context } from './context.ts'
import { resolveTask } from './tasks.ts'

/** What each of these would become: the same rules as `createTask`, and nothing is written. */
export function checkTasks(ctx: Context, { tasks }: Input<'checkTasks'>): Output<'checkTasks'> {
  return { tasks: tasks.map(task => check(ctx, task)) }
}

const unknown = { queue: null, tool_name: null, task_class: null, timeout: null, known: null, warnings: [] }

function check(ctx: Context, input: TaskInput): CheckedTask {
  try {
    const { queue, known, task, warnings } = resolveTask(ctx, input)
    const { tool_name, task_class, timeout } = known ?? task
    return {
      queue: { id: queue.id, name: queue.name },
      tool_name,
      task_class,
      timeout,
      known: known?.friendly_id ?? null,
      warnings,
      problem: null,
    }
  } catch (error) {
    if (!(error instanceof SparkqError)) throw error
    const { message, hint = null, errors } = error
    return { ...unknown, problem: { message, hint, pointer: errors[0]?.pointer ?? null } }
  }
}
