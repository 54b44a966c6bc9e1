import type { Input, Output } from '../contract/api.ts'
import { SparkqError } from '../contract/errors.ts'
import type { CheckedTask, TaskInput } from '../contract/tasks.ts'
import type { Context } from './context.ts'
import { withNearestScript } from './scripts.ts'
import { resolveTask } from './tasks.ts'

/** What each of these would become: the same rules as `createTask`, and nothing is written. */
export async function checkTasks(
  ctx: Context,
  { tasks }: Input<'checkTasks'>,
): Promise<Output<'checkTasks'>> {
  const checked: CheckedTask[] = []
  for (const task of tasks) checked.push(await check(ctx, task))
  return { tasks: checked }
}

const unknown = { queue: null, tool_name: null, task_class: null, timeout: null, known: null, warnings: [] }

async function check(ctx: Context, input: TaskInput): Promise<CheckedTask> {
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
    const { message, hint = null, errors } = await withNearestScript(ctx, error)
    return { ...unknown, problem: { message, hint, pointer: errors[0]?.pointer ?? null } }
  }
}
