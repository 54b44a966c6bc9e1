import type { Api } from '../contract/api.ts'
import { SparkqError } from '../contract/errors.ts'
import { pause } from '../processes/pause.ts'

const firstPauseMs = 200
const longestPauseMs = 5000

/** What reads, and what a runner says of its work: that is about one claim key, or one attempt, and may be said twice. */
const patient = [
  'claimTask',
  'startAttempt',
  'stopAttempt',
  'flagAttempt',
  'finishAttempt',
  'appendOutput',
  'getQueue',
  'getTask',
  'listTasks',
  'listAttempts',
  'listOutputMarks',
  'listEvents',
  'listQueues',
  'getSupervision',
  'noteRunnerDeath',
  'listRunners',
  'readOutput',
  'peekQueue',
  'sweep',
  'stopRunner',
] as const

/**
 * The same Api, for a runner, or whoever follows a task, whose server may be away for a while: what can be said twice is said again until it is
 * heard. A task runs on meanwhile, and so does the watch over it.
 */
export function persistentApi(api: Api, tell: (message: string) => void, signal: AbortSignal): Api {
  let told = false
  const again = async <T>(call: () => Promise<T>): Promise<T> => {
    for (let delay = firstPauseMs; ; delay = Math.min(delay * 2, longestPauseMs)) {
      try {
        const answer = await call()
        told = false
        return answer
      } catch (error) {
        if (!(error instanceof SparkqError) || error.code !== 'unreachable' || signal.aborted) throw error
        if (!told) tell(`${error.message} Trying again until it answers.`)
        told = true
        await pause(delay, signal)
      }
    }
  }
  const calls = patient.map(name => {
    const call = api[name] as (input: unknown) => Promise<unknown>
    return [name, (input: unknown) => again(() => call(input))]
  })
  return { ...api, ...Object.fromEntries(calls) }
}
