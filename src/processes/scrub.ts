/** Says of a process that it is no task's, although a task started it. */
export const leftVariable = 'SPARKQ_LEFT_TASK'

/** What a task's environment has of the attempt it belongs to. Its children inherit it; a runner of ours must not. */
const taskVariables = [
  'SPARKQ_MARK',
  'SPARKQ_TASK_ID',
  'SPARKQ_TASK',
  'SPARKQ_QUEUE',
  'SPARKQ_ATTEMPT',
  'SPARKQ_RESULT_FILE',
]

/**
 * Where a task starts a runner or server of ours: replaces this process by the same one without the task's variables,
 * or it would be found, and killed, as part of that task. Does nothing elsewhere.
 */
export function leaveTask(env: NodeJS.ProcessEnv): void {
  if (env.SPARKQ_MARK === undefined || !process.execve) return
  const argv = [process.execPath, ...process.execArgv, ...process.argv.slice(1)]
  process.execve(process.execPath, argv, { ...withoutTask(env), [leftVariable]: '1' })
}

/** An environment for what is no part of the task that this process may have been started by. */
export function withoutTask(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !taskVariables.includes(name)))
}
