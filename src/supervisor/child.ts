import type { ProcessIdentity } from '../contract/attempts.ts'
import type { Report, RunnerEvent } from '../runner/report.ts'
import { supervisedVariable } from './runner-process.ts'

export type Supervised = {
  supervisor: ProcessIdentity
  report: Report
  /** Lets go of the supervisor, which would keep this process from ending. */
  letGo(): void
}

/**
 * The way of a runner to its supervisor; undefined where nobody supervises it. A supervisor that dies, be it before the
 * runner has begun, does not end it: what it has to complain of then goes to `alone`.
 */
export function connectToSupervisor(
  env: NodeJS.ProcessEnv,
  alone: (message: string) => void,
): Supervised | undefined {
  const supervisor = env[supervisedVariable]
  // Not for the tasks, which inherit the rest.
  delete env[supervisedVariable]
  if (supervisor === undefined) return undefined
  return {
    supervisor: JSON.parse(supervisor),
    report: event => {
      if (process.connected) process.send?.(slim(event), undefined, undefined, () => {})
      else if (event.type === 'warning') alone(event.message)
    },
    letGo: () => {
      if (process.connected) process.disconnect?.()
    },
  }
}

/** A line of output may come ten times a second, and a payload may have a megabyte. */
function slim(event: RunnerEvent): RunnerEvent {
  if (event.type !== 'output') return event
  return { ...event, task: { ...event.task, payload: null, result_data: null } }
}
