import type { Api } from '../contract/api.ts'
import { type ErrorCode, SparkqError } from '../contract/errors.ts'
import { pause } from '../processes/pause.ts'

const firstPauseMs = 200
const longestPauseMs = 5000

/** What reads, and what a runner says of its work: that is about one claim key, or one attempt, and may be said twice. */
const patient = [
  'claimTask',
  'openConversation',
  'startAttempt',
  'stopAttempt',
  'flagAttempt',
  'finishAttempt',
  'appendOutput',
  'getHealth',
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
  'listTools',
  'readOutput',
  'peekQueue',
  'listQuestions',
  'sweep',
  'stopRunner',
] as const

/** What passes by itself, and until when it is tried again. */
const passing: Partial<Record<ErrorCode, string>> = {
  unreachable: 'until it answers',
  no_space: 'until there is room',
  busy: 'until it is free',
}

/**
 * The same Api, for a runner, or whoever follows a task, whose server may be away for a while, or whose disk may be full:
 * what can be said twice is said again until it is heard. A task runs on meanwhile, and so does the watch over it.
 */
export function persistentApi(api: Api, tell: (message: string) => void, signal: AbortSignal): Api {
  const told = new Set<ErrorCode>()
  const again = async <T>(call: () => Promise<T>): Promise<T> => {
    let met: ErrorCode | undefined
    for (let delay = firstPauseMs; ; delay = Math.min(delay * 2, longestPauseMs)) {
      try {
        const answer = await call()
        if (met) told.delete(met)
        return answer
      } catch (error) {
        if (!(error instanceof SparkqError) || !passing[error.code] || signal.aborted) throw error
        met = error.code
        if (!told.has(met)) tell(`${error.message} Trying again ${passing[met]}.`)
        told.add(met)
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
