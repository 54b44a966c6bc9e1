import type { AgentReport } from '../contract/agents.ts'
import type { Attempt, StopReport } from '../contract/attempts.ts'
import type { ChangesInput } from '../contract/changes.ts'
import type { Task } from '../contract/tasks.ts'
import { elapsed, timestamp } from '../contract/time.ts'
import { keepRun, seeAgent, settleRun } from './agent-endings.ts'
import { getAttempt } from './attempt.ts'
import { canonical } from './canonical.ts'
import type { Context } from './context.ts'
import { findQueue, getTask } from './find.ts'
import { type Ended, judge, type Verdict } from './outcome.ts'
import { pause } from './pausing.ts'
import { kindOfTool } from './tools.ts'
import { stepTask } from './transitions.ts'

/** What is known of a finished run beside how it ended. */
export type Report = {
  finished_at?: string | undefined
  result_summary?: string | undefined
  result_data?: unknown
  error_detail?: string | null | undefined
  warnings?: string[] | undefined
  stop?: StopReport | undefined
  agent?: AgentReport | undefined
  changes?: ChangesInput | undefined
}

/**
 * Ends the current attempt of a running task and moves the task accordingly. Call it inside a transaction.
 * @throws conflict when the attempt is no longer the current one
 */
export function endAttempt(ctx: Context, task: Task, attempt: number, ended: Ended, report: Report): Task {
  const before = getAttempt(ctx, task, attempt)
  const agent = seeAgent(ctx, task, ended, report)
  const queue = findQueue(ctx, task.queue.id)
  const now = ctx.clock()
  const verdict = judge(ended, {
    task,
    settings: queue.settings,
    limits: ctx.config.limits,
    now,
    losses: ctx.store.attempts.countLost(task.id),
    agent: agent?.history,
    asked: ctx.store.questions.ofAttempt(task.id, attempt),
  })
  const finished_at = report.finished_at ?? timestamp(now)
  const result = {
    result_summary:
      verdict.step === 'succeed' ? summary(task, report, finished_at) : clean(report.result_summary),
    result_data: report.result_data === undefined ? null : JSON.stringify(report.result_data),
  }
  const failure = {
    exit_code: verdict.exit_code,
    signal: verdict.signal,
    error_type: verdict.error_type,
    error_message: clean(verdict.error_message),
    error_detail: verdict.error_type === null ? null : withoutNul(report.error_detail),
  }
  const ending = { ...result, ...failure, finished_at }

  stepTask(ctx, task, verdict.step, {
    fence: attempt,
    set: verdict.step === 'give_back' ? waiting(task, verdict) : finished(ctx, task, verdict, ending),
    note: {
      event: eventOf[verdict.step],
      attempt,
      data: {
        error_type: verdict.error_type,
        exit_code: verdict.exit_code,
        wait_reason: verdict.wait_reason,
        not_before: verdict.not_before,
      },
    },
  })
  const run = settleRun(ctx, before, report, verdict.step !== 'give_back')
  ctx.store.attempts.end(task.id, attempt, {
    ...ending,
    outcome: outcomeOf[verdict.step],
    charged: verdict.charged ? 1 : 0,
    warnings: JSON.stringify(report.warnings ?? []),
    stop: report.stop ? JSON.stringify(report.stop) : null,
    agent: run && JSON.stringify(run),
    agent_outcome: agent?.outcome ?? null,
    changes: keepChanges(ctx, task, attempt, report),
  })
  ctx.store.runners.countDone(queue.id, task.id, attempt)
  if (verdict.pause !== null && queue.status === 'active')
    pause(ctx, queue, { ...verdict.pause, resume_at: null })
  if (agent) keepRun(ctx, queue, task, before, { end: agent, run, verdict, finished_at })
  return getTask(ctx, task.id)
}

function keepChanges(ctx: Context, task: Task, attempt: number, { changes }: Report): string | null {
  if (!changes) return null
  const { patch, ...rest } = changes
  if (patch !== '') ctx.store.patches.insert(task.id, attempt, patch)
  return JSON.stringify(rest)
}

/** Fails a task that never ran. Call it inside a transaction. */
export function failQueued(ctx: Context, task: Task, message: string): Task {
  const finished_at = timestamp(ctx.clock())
  return stepTask(ctx, task, 'cancel', {
    set: {
      wait_reason: null,
      finished_at,
      error_type: 'cancelled',
      error_message: message,
      review: 'unreviewed',
      needs_review: 0,
    },
    note: { event: 'task.failed', data: { error_type: 'cancelled' } },
  })
}

const eventOf = { succeed: 'task.succeeded', fail: 'task.failed', give_back: 'task.returned' } as const
const outcomeOf = { succeed: 'succeeded', fail: 'failed', give_back: 'returned' } as const

/** A task that goes back to its lane keeps its place, and nothing of the attempt but the count. */
function waiting(task: Task, verdict: Verdict) {
  return {
    wait_reason: verdict.wait_reason,
    not_before: verdict.not_before,
    attempts: verdict.charged ? task.attempts : task.attempts - 1,
    worker_id: null,
    claimed_at: null,
    started_at: null,
    warns_at: null,
    stops_at: null,
    stale_warned_at: null,
    stalled_at: null,
    cancel_requested_at: null,
  }
}

function finished<T>(ctx: Context, task: Task, verdict: Verdict, ending: T) {
  const needs = needsReview(ctx, task, verdict) ? 1 : 0
  return { ...ending, stalled_at: null, review: 'unreviewed' as const, needs_review: needs }
}

function needsReview(ctx: Context, task: Task, verdict: Verdict): boolean {
  const { needs } = ctx.config.review
  if (needs.includes('all')) return true
  if (verdict.step === 'fail') return needs.includes('failures') && verdict.error_type !== 'cancelled'
  if (needs.includes('questions') && ctx.store.questions.anyOf(task.id)) return true
  return needs.includes('agents') && kindOfTool(ctx, task.tool_name) === 'prompt'
}

/** Without NULs, behind which SQLite would not look; null for what is blank. */
const clean = (text: string | null | undefined): string | null => withoutNul(text)?.trim() || null

const withoutNul = (text: string | null | undefined): string | null => text?.replaceAll('\0', '') ?? null

/** Never blank: the task's own words, or how long it took. */
function summary(task: Task, report: Report, finishedAt: string): string {
  const said = clean(report.result_summary)
  if (said) return said
  // The end is known by a file's time, which may lag a few milliseconds behind the clock of the start.
  const took = Math.max(0, elapsed(task.started_at ?? task.claimed_at ?? finishedAt, finishedAt)) / 1000
  return `Exited with 0 after ${took.toFixed(1)} s.`
}

/** Whether `attempt` ended with just what is being said of it again. */
export function saidAlready(
  attempt: Attempt,
  outcome: Attempt['outcome'],
  said: Partial<Pick<Attempt, 'result_summary' | 'result_data' | 'error_message' | 'error_detail'>>,
): boolean {
  return (
    attempt.outcome === outcome &&
    Object.entries(said).every(
      ([key, value]) => canonical(attempt[key as keyof Attempt]) === canonical(value),
    )
  )
}
