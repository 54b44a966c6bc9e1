import type { Api } from '../contract/api.ts'
import type { Choose } from './supervisor.ts'

/** What a server works: what it was told of all lanes, of sessions, and of single lanes, as the database has it now. */
export function chooseAsToldToServer(api: Api): Choose {
  return async () => {
    const { supervision } = await api.getSupervision()
    const sessions = new Set(supervision?.sessions.map(({ id }) => id))
    return ({ runner_wanted, session }) =>
      runner_wanted === 'on' ||
      (runner_wanted === null && (supervision?.all === true || sessions.has(session.id)))
  }
}

/**
 * All lanes, or those of some sessions, whatever a server does; but for those whose runner was stopped
 * (`sparkq stop --queue`) since.
 */
export function chooseLanes(sessionIds: readonly string[] | 'all'): Choose {
  return async () =>
    ({ runner_wanted, session }) =>
      runner_wanted !== 'off' && (sessionIds === 'all' || sessionIds.includes(session.id))
}
