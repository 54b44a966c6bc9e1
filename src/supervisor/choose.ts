import type { Api } from '../contract/api.ts'
import type { Queue } from '../contract/queues.ts'
import { isMeant, type SessionScope } from '../contract/supervision.ts'

/** What a supervisor does with a lane: works it, only sees to the end of what was begun in it, or leaves it alone. */
export type Choice = 'work' | 'settle' | 'leave'

/** Asked anew at each look, as it may change. */
export type Choose = () => Promise<(queue: Queue) => Choice>

/** What a server works: what it was told of all lanes, of sessions, and of single lanes, as the database has it now. */
export function chooseAsToldToServer(api: Api): Choose {
  return async () => {
    const { supervision } = await api.getSupervision()
    const sessions = new Set(supervision?.sessions.map(({ id }) => id))
    return ({ runner_wanted, session }) => {
      if (runner_wanted !== null) return runner_wanted === 'on' ? 'work' : 'settle'
      return supervision?.all || sessions.has(session.id) ? 'work' : 'leave'
    }
  }
}

/**
 * All lanes, or those of some sessions, whatever a server does; but for those whose runner was stopped
 * (`sparkq stop --queue`) since.
 */
export function chooseLanes(scope: SessionScope): Choose {
  return async () => queue => {
    if (!isMeant(queue, scope)) return 'leave'
    return queue.runner_wanted === 'off' ? 'settle' : 'work'
  }
}
