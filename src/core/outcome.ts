import type { AgentOutcome } from '../contract/agents.ts'
import type { Ending, StopCause } from '../contract/attempts.ts'
import type { Config } from '../contract/config.ts'
import type { QueueSettings } from '../contract/queues.ts'
import type { ErrorType, Task, WaitReason } from '../contract/tasks.ts'
import { timestamp } from '../contract/time.ts'

/** How an attempt ended, for whoever decides: what was seen, or what a worker outside reports. */
export type Ended =
  | Ending
  | { kind: 'completed' }
  | { kind: 'asked' }
  | { kind: 'reported'; message: string }
  | { kind: 'timed_out' }
  | { kind: 'worker_gone'; detail: string }

/** What an ending means: for the task, for the attempt, and for the lane. */
export type Verdict = {
  step: 'succeed' | 'fail' | 'give_back'
  charged: boolean
  exit_code: number | null
  signal: string | null
  error_type: ErrorType | null
  error_message: string | null
  wait_reason: WaitReason | null
  not_before: string | null
  /** By which of the lane's settings it pauses now, and why; null when it goes on. */
  pause: { by: 'on_failure' | 'on_lost'; reason: string } | null
}

export type Judging = {
  task: Pick<Task, 'friendly_id' | 'attempts' | 'max_attempts' | 'timeout' | 'cancel_requested_at'>
  settings: QueueSettings
  limits: Config['limits']
  now: number
  /** How often this task was given back because its worker was lost. */
  losses: number
  /** What there is to know of the agent that ran it; undefined where none did. */
  agent?: AgentHistory | undefined
  /** Whether the attempt asked the person anything, and whether there is an answer to all of it. */
  asked: 'none' | 'open' | 'answered'
}

/**
 * @property until    when its provider takes work again; null: nobody knows
 * @property outcomes of the runs of this task that are over, the last one first
 */
export type AgentHistory = { until: string | null; outcomes: readonly (AgentOutcome | null)[] }

const neverRetried: readonly ErrorType[] = ['cancelled', 'invalid_payload', 'reported']

/** How often a task whose worker was lost is tried again before its lane is held. */
const mostLosses = 3

/** How long a task waits that the machine had no room for. */
const noRoomDelayMs = 10_000

/** The longest pause before a retry, in seconds. */
const longestRetryDelay = 3600

/** Decides what an ending means. The only place that does; pure, so that every case can be listed in a test. */
export function judge(ended: Ended, judging: Judging): Verdict {
  const seen = whatWasSeen(ended)
  if (ended.kind === 'asked') return { ...verdict, ...awaiting('open') }
  if (seen.error_type === null) return { ...verdict, ...seen, ...endedWell(judging) }
  if (isUnfinished(ended) && judging.asked !== 'none' && !isUnwanted(judging.task))
    return { ...verdict, ...awaiting(judging.asked) }
  const failure = { ...verdict, ...seen, error_message: sentence(ended, judging) }
  if (ended.kind === 'not_started') return giveBack(failure, judging)
  if (ended.kind === 'worker_gone') return takeBack(failure, judging)
  if (ended.kind === 'no_room') return tryLater(failure, judging)
  if (ended.kind === 'vanished') return lost(failure, judging)
  if (ended.kind === 'agent') return judgeAgent(ended.outcome, failure, judging)
  return mayRetry(seen.error_type, judging) ? retry(failure, judging) : fail(failure, judging)
}

/** What has asked is not done: it is told the answer, and goes on. */
function endedWell({ asked, task }: Judging): Partial<Verdict> {
  return asked === 'none' || isUnwanted(task) ? { step: 'succeed' } : awaiting(asked)
}

/** What an agent that waits for an answer has not done yet: it has nothing to say, and no check would pass. */
const isUnfinished = (ended: Ended): boolean =>
  ended.kind === 'check_failed' || (ended.kind === 'agent' && ended.outcome === 'empty')

/** Back to its place in the lane, uncharged, until there is an answer. */
const awaiting = (asked: 'open' | 'answered'): Partial<Verdict> => ({
  step: 'give_back',
  charged: false,
  wait_reason: asked === 'open' ? 'question' : null,
})

const verdict: Verdict = {
  step: 'fail',
  charged: true,
  exit_code: null,
  signal: null,
  error_type: null,
  error_message: null,
  wait_reason: null,
  not_before: null,
  pause: null,
}

type Seen = Pick<Verdict, 'exit_code' | 'signal' | 'error_type'>

/** What an ending says by itself, whatever becomes of the task. */
export function whatWasSeen(ended: Ended): Seen {
  const nothing = { exit_code: null, signal: null }
  switch (ended.kind) {
    case 'completed':
    case 'asked':
      return { ...nothing, error_type: null }
    case 'exit':
      return { ...nothing, exit_code: ended.code, error_type: ended.code === 0 ? null : 'exit_code' }
    case 'signal':
      return { ...nothing, signal: ended.signal, error_type: 'signal' }
    case 'stopped':
      return { exit_code: ended.code ?? null, signal: ended.signal ?? null, error_type: ended.cause }
    case 'timed_out':
      return { ...nothing, error_type: 'timeout' }
    case 'vanished':
    case 'not_started':
    case 'worker_gone':
      return { ...nothing, error_type: 'worker_lost' }
    case 'no_room':
      return { ...nothing, error_type: 'spawn_failed' }
    case 'agent':
      return {
        exit_code: ended.code ?? null,
        signal: ended.signal ?? null,
        error_type: errorOf(ended.outcome),
      }
    case 'check_failed':
      return { ...nothing, exit_code: ended.code ?? null, error_type: 'check_failed' }
    default:
      return { ...nothing, error_type: ended.kind }
  }
}

function sentence(ended: Ended, { task, limits }: Judging): string {
  const limit = `${Number((limits.fail_factor * task.timeout).toFixed(2))} s, ${limits.fail_factor} times its timeout`
  const stopped: Record<StopCause, string> = {
    cancelled: 'Cancelled while it ran.',
    timeout: `Stopped after ${limit}.`,
    stalled: 'Stopped: it made no output and used no processor time.',
  }
  switch (ended.kind) {
    case 'exit':
      return `Exited with ${ended.code}.`
    case 'signal':
      return `Ended by ${ended.signal}, which SparkQ did not send.`
    case 'stopped':
      return stopped[ended.cause]
    case 'timed_out':
      return `Nobody finished it within ${limit}.`
    case 'vanished':
      return `Its process vanished and left no exit: ${ended.detail}`
    case 'not_started':
      return `It was never started: ${ended.detail}`
    case 'worker_gone':
      return `Its worker is gone: ${ended.detail}`
    case 'spawn_failed':
    case 'no_room':
      return `It could not be started: ${ended.detail}`
    case 'invalid_payload':
      return ended.detail
    case 'reported':
      return ended.message
    case 'check_failed':
      return ended.detail.trim() || 'Its check failed.'
    case 'agent':
      return ended.detail.trim() || agentSentences[ended.outcome]
    case 'completed':
    case 'asked':
      return ''
  }
}

const agentSentences: Record<AgentOutcome, string> = {
  ok: '',
  denied: 'Tools were denied to it, and none succeeded after that.',
  empty: 'It ended without a word.',
  usage_limit: 'Its usage limit was reached.',
  overload: 'Its provider is overloaded.',
  network: 'Its provider could not be reached.',
  auth: 'It is not logged in.',
  billing: 'Its account has no credit left.',
  max_turns: 'It took as many turns as it may.',
  max_budget: 'It cost as much as it may.',
  lost_conversation: 'Its conversation is gone.',
  full_conversation: 'Its conversation is full.',
  refused: 'Its model would not do it.',
  unknown_model: 'There is no such model.',
  misuse: 'It does not understand how it was called.',
  killed: 'It was killed.',
  no_result: 'It ended and never said how.',
  error: 'It failed.',
}

const errorOf = (outcome: AgentOutcome): ErrorType | null => {
  if (outcome === 'ok') return null
  return outcome === 'killed' ? 'worker_lost' : 'agent_error'
}

/** Those that another try may end otherwise. */
const retriedOutcomes: readonly AgentOutcome[] = ['empty', 'no_result', 'error']
const faults: readonly (AgentOutcome | null)[] = ['overload', 'network']
const conversationEnds: readonly (AgentOutcome | null)[] = ['lost_conversation', 'full_conversation']

/** How often in a row a task meets a provider that is overloaded or away, before it has failed. */
const mostFaults = 6
/** How often in a row a task gets a new conversation. */
const mostConversations = 2

function judgeAgent(outcome: AgentOutcome, failure: Verdict, judging: Judging): Verdict {
  switch (outcome) {
    case 'usage_limit':
    case 'auth':
    case 'billing':
      return park(failure, judging)
    case 'overload':
    case 'network':
      return inARow(faults, judging) + 1 >= mostFaults ? fail(failure, judging) : park(failure, judging)
    case 'lost_conversation':
    case 'full_conversation':
      return inARow(conversationEnds, judging) < mostConversations
        ? startOver(failure, judging)
        : fail(failure, judging)
    case 'killed':
      return lost(failure, judging)
    default:
      return retriedOutcomes.includes(outcome) && mayRetry('agent_error', judging)
        ? retry(failure, judging)
        : fail(failure, judging)
  }
}

function inARow(kinds: readonly (AgentOutcome | null)[], { agent }: Judging): number {
  const outcomes = agent?.outcomes ?? []
  const others = outcomes.findIndex(it => !kinds.includes(it))
  return others === -1 ? outcomes.length : others
}

/** Back to the head of its lane, uncharged, until its provider takes work again. */
function park(failure: Verdict, judging: Judging): Verdict {
  if (isUnwanted(judging.task)) return fail(failure, judging)
  const not_before = judging.agent?.until ?? null
  return { ...failure, step: 'give_back', charged: false, wait_reason: 'limit', not_before }
}

/** Back to the head of its lane, uncharged, at once: it gets a new conversation. */
function startOver(failure: Verdict, judging: Judging): Verdict {
  if (isUnwanted(judging.task)) return fail(failure, judging)
  return { ...failure, step: 'give_back', charged: false, wait_reason: 'retry' }
}

function mayRetry(error: ErrorType, { task }: Judging): boolean {
  return !isUnwanted(task) && !neverRetried.includes(error) && task.attempts < task.max_attempts
}

/** Whoever cancelled a task was told that it would end: however it does, it does not run again. */
const isUnwanted = ({ cancel_requested_at }: Judging['task']): boolean => cancel_requested_at !== null

function retry(failure: Verdict, { task, limits, now }: Judging): Verdict {
  const delay = Math.min(limits.retry_delay * 2 ** (task.attempts - 1), longestRetryDelay)
  return { ...failure, step: 'give_back', wait_reason: 'retry', not_before: timestamp(now + delay * 1000) }
}

function fail(failure: Verdict, { task, settings }: Judging): Verdict {
  const pauses = settings.on_failure === 'pause' && failure.error_type !== 'cancelled'
  return {
    ...failure,
    step: 'fail',
    pause: pauses ? { by: 'on_failure', reason: `${task.friendly_id} failed.` } : null,
  }
}

/** What a script that vanished means is the lane's to say: whether it did its work cannot be known. An agent can look. */
function lost(failure: Verdict, judging: Judging): Verdict {
  switch (judging.settings.on_lost ?? (judging.agent ? 'retry' : 'hold')) {
    case 'retry':
      return giveBack(failure, judging)
    case 'fail':
      return fail(failure, judging)
    case 'hold':
      return hold(failure, judging)
  }
}

/** Back to the head of its lane, uncharged; but not for ever. */
function giveBack(failure: Verdict, judging: Judging): Verdict {
  if (isUnwanted(judging.task)) return fail(failure, judging)
  if (judging.losses >= mostLosses) return hold(failure, judging)
  return { ...failure, step: 'give_back', charged: false, wait_reason: 'worker_lost' }
}

/** Back to the head of its lane, uncharged, however often: it comes when another chat asks for it, not by itself. */
function takeBack(failure: Verdict, judging: Judging): Verdict {
  if (isUnwanted(judging.task)) return fail(failure, judging)
  return { ...failure, step: 'give_back', charged: false, wait_reason: 'worker_lost' }
}

/** Back to the head of its lane, uncharged, as often as it takes. */
function tryLater(failure: Verdict, judging: Judging): Verdict {
  if (isUnwanted(judging.task)) return fail(failure, judging)
  const not_before = timestamp(judging.now + noRoomDelayMs)
  return { ...failure, step: 'give_back', charged: false, wait_reason: 'retry', not_before }
}

function hold(failure: Verdict, { task }: Judging): Verdict {
  const reason = `${task.friendly_id} vanished while it ran: look whether its work was done.`
  return { ...failure, pause: { by: 'on_lost', reason } }
}
