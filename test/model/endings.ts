import type { AgentOutcome } from '../../src/contract/agents.ts'
import type { Ending, StopCause } from '../../src/contract/attempts.ts'
import type { ErrorType } from '../../src/contract/tasks.ts'
import { seeGate } from './gate.ts'
import { pause } from './moves.ts'
import {
  currentAttempt,
  isHeld,
  type Model,
  type ModelAttempt,
  type ModelTask,
  noteTask,
  stamp,
} from './state.ts'

/** What is said of an attempt that ends. */
export type End = {
  error: ErrorType | null
  exit_code?: number | null
  signal?: string | null
  message?: string | null
  detail?: string | null
  summary?: string | null
  data?: unknown
  finished_at?: string
  stop?: ModelAttempt['stop']
  /** It never ran, or its process is gone: what that means is `on_lost`. */
  lost?: 'vanished' | 'not_started' | 'worker_gone'
  /** How an agent says that it ended. */
  agent?: AgentOutcome
  ending?: Ending
  /** There was no room for its output: it is tried again soon, however often. */
  passes?: true
  /** A worker outside leaves it for the person's answer. */
  asks?: true
}

/** How an ending reads, in the words of the closed list. */
export function endOf(ending: Ending, task: ModelTask): End {
  switch (ending.kind) {
    case 'exit':
      return ending.code === 0
        ? { error: null, exit_code: 0 }
        : { error: 'exit_code', exit_code: ending.code, message: `Exited with ${ending.code}.` }
    case 'signal':
      return {
        error: 'signal',
        signal: ending.signal,
        message: `Ended by ${ending.signal}, which SparkQ did not send.`,
      }
    case 'stopped':
      return {
        ...stoppedFor(ending.cause, task),
        exit_code: ending.code ?? null,
        signal: ending.signal ?? null,
      }
    case 'spawn_failed':
      return { error: 'spawn_failed', message: `It could not be started: ${ending.detail}` }
    case 'invalid_payload':
      return { error: 'invalid_payload', message: ending.detail }
    case 'no_room':
      return { error: 'spawn_failed', passes: true, message: `It could not be started: ${ending.detail}` }
    case 'agent':
      return {
        ...{ error: ending.outcome === 'ok' ? null : 'agent_error', exit_code: ending.code ?? null },
        ...(ending.outcome === 'ok' ? {} : { message: ending.detail }),
        agent: ending.outcome,
      }
    case 'check_failed':
      return { error: 'check_failed', exit_code: ending.code ?? null, message: ending.detail }
    case 'vanished':
      return {
        error: 'worker_lost',
        lost: 'vanished',
        message: `Its process vanished and left no exit: ${ending.detail}`,
      }
    case 'not_started':
      return {
        error: 'worker_lost',
        lost: 'not_started',
        message: `It was never started: ${ending.detail}`,
      }
  }
}

export function stoppedFor(cause: StopCause, { timeout }: ModelTask): End {
  const messages: Record<StopCause, string> = {
    cancelled: 'Cancelled while it ran.',
    timeout: `Stopped after ${2 * timeout} s, 2 times its timeout.`,
    stalled: 'Stopped: it made no output and used no processor time.',
  }
  return { error: cause, message: messages[cause] }
}

/** Ends the current attempt: the task succeeds, fails, or goes back to its place in the lane. */
export function endAttempt(model: Model, task: ModelTask, end: End): void {
  const attempt = currentAttempt(task) as ModelAttempt
  const outcomes = agentOutcomes(task)
  const keepGate = seeGate(model, task, end.ending)
  const outcome = outcomeOf(model, end, task, outcomes)
  const at = end.finished_at ?? stamp(model.now)
  const words = {
    exit_code: end.exit_code ?? null,
    signal: end.signal ?? null,
    error_type: end.error,
    error_message: end.message ?? null,
    error_detail: end.error ? (end.detail ?? null) : null,
    result_summary: end.summary ?? (outcome.step === 'succeeded' ? tookWords(task, at) : null),
    result_data: end.data ?? null,
    finished_at: at,
  }
  const attemptOutcome = outcome.step === 'returned' ? 'returned' : outcome.step
  Object.assign(attempt, words, {
    ...{ outcome: attemptOutcome, charged: !outcome.uncharged, stop: end.stop ?? null },
    said: attempt.tree === null ? null : (end.agent ?? null),
  })
  noteTask(model, task, `task.${outcome.step}`, {
    attempt: attempt.number,
    from_status: 'running',
    to_status: outcome.step === 'returned' ? 'queued' : outcome.step,
    data: {
      error_type: end.error,
      exit_code: words.exit_code,
      wait_reason: outcome.wait_reason ?? null,
      not_before: backOff(model, task, outcome),
    },
  })
  if (outcome.step === 'returned') goBack(model, task, outcome)
  else Object.assign(task, words, { status: outcome.step, ...reviewOf(model, task, end) })
  task.updated_at = stamp(model.now)
  if (outcome.pause && task.queue.status === 'active') {
    const [by, reason] = outcome.pause
    pause(model, task.queue, reason, null, by)
  }
  keepGate()
}

type Outcome = {
  step: 'succeeded' | 'failed' | 'returned'
  uncharged?: boolean
  wait_reason?: 'retry' | 'worker_lost' | 'question' | 'limit' | null
  at?: string | null
  afterMs?: number
  /** By which setting, and why. */
  pause?: [string, string]
}

const limits: AgentOutcome[] = ['usage_limit', 'overload', 'network', 'auth', 'billing']

/** Of the attempts that runners brought to an end, the last one first; others tell nothing. */
const agentOutcomes = (task: ModelTask): (AgentOutcome | null)[] =>
  task.attemptList
    .filter(it => it.outcome !== null)
    .map(it => it.said ?? null)
    .reverse()

/** SPEC 3 (retry) and the table in SPEC 5 (lost workers). */
function outcomeOf(
  model: Model,
  { error, lost, passes, asks, agent }: End,
  task: ModelTask,
  before: (AgentOutcome | null)[],
): Outcome {
  const { settings } = task.queue
  if (error === null) return asks ? awaiting : endedWell(task)
  const isAgents = currentAttempt(task)?.tree != null
  const policy = lost === 'not_started' ? 'retry' : (settings.on_lost ?? (isAgents ? 'retry' : 'hold'))
  const vanished = `${task.friendly_id} vanished while it ran: look whether its work was done.`
  const hold: [string, string] = ['on_lost', vanished]
  const isCancelled = task.cancel_requested_at !== null
  if (passes && !isCancelled)
    return { step: 'returned', uncharged: true, wait_reason: 'retry', afterMs: 10_000 }
  if (lost === 'worker_gone')
    return isCancelled
      ? { step: 'failed' }
      : { step: 'returned', uncharged: true, wait_reason: 'worker_lost' }
  const parks = agent !== undefined && limits.includes(agent) && !isCancelled
  const inARow = before.findIndex(it => it !== 'overload' && it !== 'network')
  const faults = inARow === -1 ? before.length : inARow
  if (parks && !(faults >= 5 && (agent === 'overload' || agent === 'network'))) {
    const isLimited = isAgents && model.gate.status === 'limited'
    return {
      ...{ step: 'returned', uncharged: true, wait_reason: 'limit' },
      at: isLimited ? model.gate.until : null,
    }
  }
  if (lost && policy === 'retry' && !isCancelled) {
    const losses = task.attemptList.filter(
      it => it.outcome === 'returned' && it.error_type === 'worker_lost' && it.bound === null,
    )
    if (losses.length >= 3) return { step: 'failed', pause: hold }
    return { step: 'returned', uncharged: true, wait_reason: 'worker_lost' }
  }
  if (lost && policy === 'hold') return { step: 'failed', pause: hold }
  const isTriedAgain =
    !lost &&
    !isCancelled &&
    !['cancelled', 'invalid_payload', 'reported'].includes(error) &&
    !(agent !== undefined && agent !== 'error') &&
    task.attempts < task.max_attempts
  if (isTriedAgain) return { step: 'returned', wait_reason: 'retry' }
  const pauses = settings.on_failure === 'pause' && error !== 'cancelled'
  return { step: 'failed', ...(pauses ? { pause: ['on_failure', `${task.friendly_id} failed.`] } : {}) }
}

const awaiting: Outcome = { step: 'returned', uncharged: true, wait_reason: 'question' }

/** SPEC 12: what has asked goes back for the answer, or with it. */
function endedWell(task: ModelTask): Outcome {
  const mine = task.asked.filter(it => it.attempt === task.attempt)
  if (mine.length === 0 || task.cancel_requested_at !== null) return { step: 'succeeded' }
  return mine.some(it => it.answer === null) ? awaiting : { ...awaiting, wait_reason: null }
}

/** 10 s, 20 s, 40 s …, an hour at most. */
function backOff(model: Model, task: ModelTask, { wait_reason, afterMs, at }: Outcome): string | null {
  if (at !== undefined) return at
  if (wait_reason !== 'retry') return null
  if (afterMs !== undefined) return stamp(model.now + afterMs)
  return stamp(model.now + Math.min(10 * 2 ** (task.attempts - 1), 3600) * 1000)
}

function goBack(model: Model, task: ModelTask, outcome: Outcome): void {
  Object.assign(task, {
    ...{
      status: 'queued',
      wait_reason: outcome.wait_reason ?? null,
      not_before: backOff(model, task, outcome),
    },
    ...{ attempts: task.attempts - (outcome.uncharged ? 1 : 0) },
    ...{ worker_id: null, claimed_at: null, started_at: null, warns_at: null, stops_at: null },
    ...{ stale_warned_at: null, cancel_requested_at: null },
  })
}

function reviewOf({ settings: { needs } }: Model, task: ModelTask, { error }: End) {
  const isAgents = task.tool_name.startsWith('llm-')
  const does =
    needs.includes('all') ||
    (error === null
      ? (isAgents && needs.includes('agents')) || (task.asked.length > 0 && needs.includes('questions'))
      : needs.includes('failures') && error !== 'cancelled')
  return { review: 'unreviewed' as const, needs_review: does }
}

function tookWords(task: ModelTask, at: string): string {
  const began = task.started_at ?? task.claimed_at ?? at
  return `Exited with 0 after ${(Math.max(0, Date.parse(at) - Date.parse(began)) / 1000).toFixed(1)} s.`
}

/** A queued task fails at once. */
export function endAsCancelled(model: Model, task: ModelTask, message: string): void {
  const at = stamp(model.now)
  noteTask(model, task, 'task.failed', {
    ...{ from_status: 'queued', to_status: 'failed', data: { error_type: 'cancelled' } },
  })
  Object.assign(task, {
    ...{ status: 'failed', wait_reason: null, finished_at: at, updated_at: at },
    ...{ error_type: 'cancelled', error_message: message, review: 'unreviewed', needs_review: false },
  })
}

/** A live runner is asked to end it; what nobody executes any more, or a worker outside has, ends here. */
export function cancelRunning(model: Model, task: ModelTask): void {
  if (task.cancel_requested_at === null) {
    noteTask(model, task, 'task.cancel_requested', { attempt: task.attempt })
    task.cancel_requested_at = task.updated_at = stamp(model.now)
  }
  if (!isHeld(model, task)) stop(model, task, 'cancelled')
}

/** Stops a running task that no live runner executes. The first cause counts. */
export function stop(model: Model, task: ModelTask, asked: StopCause): void {
  const attempt = currentAttempt(task) as ModelAttempt
  const cause = attempt.stop_cause ?? asked
  const end = stoppedFor(cause, task)
  if (attempt.runner_id === null) {
    const message = `Nobody finished it within ${2 * task.timeout} s, 2 times its timeout.`
    endAttempt(model, task, cause === 'timeout' ? { ...end, message } : end)
  } else {
    attempt.stop_cause = cause
    endAttempt(model, task, { ...end, stop: { signals: [], stopped: 0, survivors: [] } })
  }
}
