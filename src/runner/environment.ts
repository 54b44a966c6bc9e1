import type { AttemptFiles } from '../attempt-files/paths.ts'
import type { Task } from '../contract/tasks.ts'
import { leftVariable } from '../processes/scrub.ts'

export type Setting = { env: NodeJS.ProcessEnv; configFile: string }

/**
 * A task's environment: the runner's own, the payload's additions, and what tells the task who it is.
 * `SPARKQ_MARK` is inherited by all it starts, which is how its processes are found; it is new for each attempt.
 */
export function taskEnvironment(
  { env, configFile }: Setting,
  task: Task,
  added: Record<string, string>,
  mark: string,
  files: AttemptFiles,
): Record<string, string | undefined> {
  return {
    ...env,
    PYTHONUNBUFFERED: '1',
    ...added,
    [leftVariable]: undefined,
    SPARKQ_PROJECT_CONFIG: configFile,
    SPARKQ_TASK_ID: task.id,
    SPARKQ_TASK: task.friendly_id,
    SPARKQ_QUEUE: task.queue.name,
    SPARKQ_ATTEMPT: String(task.attempt),
    SPARKQ_RESULT_FILE: files.result,
    SPARKQ_MARK: mark,
  }
}
