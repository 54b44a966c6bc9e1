import type { Api, Input } from '../contract/api.ts'
import { SparkqError } from '../contract/errors.ts'
import type { Task } from '../contract/tasks.ts'
import type { Report, RunnerEvent } from './report.ts'

type Flag = Pick<Input<'flagAttempt'>, 'stale' | 'stalled' | 'idle_seconds'>

/** Says of a task that runs what is to be seen from outside, one thing after the other; then reports it. */
export function createFlags({ api, report }: { api: Api; report: Report }, task: Task) {
  let said: Promise<void> = Promise.resolve()
  const say = async (flag: Flag, event: RunnerEvent): Promise<void> => {
    try {
      await api.flagAttempt({ id: task.id, attempt: task.attempt as number, ...flag })
      report(event)
    } catch (error) {
      // It ended meanwhile.
      if (error instanceof SparkqError && error.code === 'conflict') return
      const message = `${task.friendly_id} could not be marked as ${event.type}: ${(error as Error).message}`
      report({ type: 'warning', message })
    }
  }
  const next = (flag: Flag, event: RunnerEvent): void => {
    said = said.then(() => say(flag, event))
  }
  return {
    stale: () => next({ stale: true }, { type: 'stale', task }),
    stalled: (idleMs: number) =>
      next({ stalled: true, idle_seconds: idleMs / 1000 }, { type: 'stalled', task, idleMs }),
    revived: () => next({ stalled: false }, { type: 'revived', task }),
  }
}
