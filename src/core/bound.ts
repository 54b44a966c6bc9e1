import type { ProcessIdentity } from '../contract/attempts.ts'
import { liveness } from '../processes/identity.ts'
import type { BoundAttempt } from '../store/attempts.ts'
import { type Context, change } from './context.ts'
import { endAttempt } from './endings.ts'

/** Whether a claim is bound to a process that is gone: one index look-up, and one look at each such process. */
export const isAnyoneGone = (ctx: Context, queueId?: string): boolean =>
  ctx.store.attempts.bound(queueId).some(isGone)

/**
 * Gives back what workers had claimed whose process is gone, in all lanes or in one: to its place, uncharged.
 * @returns the ids of the tasks
 */
export function returnFromGone(ctx: Context, queueId?: string): string[] {
  if (!isAnyoneGone(ctx, queueId)) return []
  return change(ctx, () =>
    ctx.store.attempts
      .bound(queueId)
      .filter(isGone)
      .map(({ task_id, number, process }) => {
        const task = ctx.store.tasks.get(task_id)
        if (task?.status === 'running' && task.attempt === number)
          endAttempt(ctx, task, number, { kind: 'worker_gone', detail: whoWas(process) }, {})
        return task_id
      }),
  )
}

/** Of a process on another machine nothing can be told here: its task has its time limit. */
const isGone = ({ process }: BoundAttempt): boolean => liveness(process) === 'dead'

const whoWas = ({ pid, hostname }: ProcessIdentity): string => `process ${pid} on ${hostname} has ended.`
