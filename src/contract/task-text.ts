/** Tasks in words, the same on every face. */

import { shellWord } from './shell-word.ts'
import type { Task } from './tasks.ts'
import { clock, duration, relative, runTime, soonOrClock, span } from './time-text.ts'
import { oneLine } from './visible-text.ts'

/** What a task does, in one line: `./scripts/migrate.sh staging`, the command, the beginning of the prompt. */
export function describeWork(task: Pick<Task, 'payload' | 'tool_name'>): string {
  const payload = (task.payload ?? {}) as Record<string, unknown>
  const { script_path, args, command, code, prompt } = payload
  if (typeof script_path === 'string') {
    const words = Array.isArray(args) ? args.map(String) : []
    return oneLine([asTyped(script_path, task.tool_name), ...words].map(shellWord).join(' '))
  }
  const text = [command, code, prompt].find(it => typeof it === 'string')
  return oneLine(text === undefined ? JSON.stringify(payload) : String(text))
}

/** A shell wants to see that a script of this folder is meant. */
function asTyped(scriptPath: string, toolName: string): string {
  return toolName !== 'run-bash' || /^\.{0,2}\//.test(scriptPath) ? scriptPath : `./${scriptPath}`
}

/** The state of a task in a few words: `failed · exit 7`, `waits · retry at 22:15`. */
export function statusText(task: Task): string {
  switch (task.status) {
    case 'queued':
      if (task.wait_reason === 'question') return 'needs you · it asks'
      return isWaiting(task) ? `waits · ${waitText(task)}` : 'queued'
    case 'running':
      return runningText(task)
    case 'succeeded':
      return 'succeeded'
    case 'failed':
      return `failed · ${failureText(task)}`
  }
}

export type TaskLook = Task['status'] | 'waiting' | 'stale'

/** What a state looks like: it decides on shape and colour, and the words of `statusText` say the same. */
export function lookOf(task: Task): TaskLook {
  if (isStale(task) || isStalled(task)) return 'stale'
  return isWaiting(task) ? 'waiting' : task.status
}

/** The shape of a look. */
export const glyphs: Record<TaskLook, string> = {
  queued: '○',
  running: '●',
  succeeded: '✓',
  failed: '✗',
  waiting: '⏸',
  stale: '!',
}

/** `3.2 s`, `4 min of 20 min`; nothing before it has begun. */
export function timeText(task: Task): string {
  const ms = runTime(task)
  if (ms === undefined) return ''
  return task.status === 'running' ? `${duration(ms)} of ${span(task.timeout)}` : duration(ms)
}

export function whenText(task: Task): string {
  if (task.status === 'running') return 'now'
  if (task.status === 'queued' && task.not_before && isWaiting(task)) return relative(task.not_before)
  return relative(task.finished_at ?? task.created_at)
}

export const isStale = (task: Task): boolean => task.status === 'running' && task.stale_warned_at !== null

/** It runs, but makes no output and uses no processor time. */
export const isStalled = (task: Task): boolean => task.status === 'running' && task.stalled_at !== null

function isWaiting({ status, wait_reason, not_before }: Task): boolean {
  if (status !== 'queued') return false
  return wait_reason !== null || (not_before !== null && Date.parse(not_before) > Date.now())
}

function waitText({ wait_reason, not_before }: Task): string {
  const until = not_before === null ? '' : clock(not_before)
  switch (wait_reason) {
    case 'question':
      return 'question'
    case 'retry':
      return not_before ? `retry ${soonOrClock(not_before)}` : 'retry'
    case 'worker_lost':
      return until ? `worker lost, again at ${until}` : 'worker lost'
    case 'limit':
      return until ? `limit until ${until}` : 'limit'
    default:
      return `until ${until}`
  }
}

function runningText(task: Task): string {
  if (task.cancel_requested_at) return 'running · being stopped'
  const stops = isStale(task) && task.stops_at ? ` · stops ${relative(task.stops_at)}` : ''
  if (isStalled(task))
    return `stalled for ${duration(Date.now() - Date.parse(task.stalled_at as string))}${stops}`
  return stops === '' ? 'running' : `stale${stops}`
}

/** Why it failed: `exit 7`, `SIGKILL`, `timeout`. */
export function failureText({
  error_type,
  exit_code,
  signal,
}: Pick<Task, 'error_type' | 'exit_code' | 'signal'>): string {
  if (error_type === 'exit_code' && exit_code !== null) return `exit ${exit_code}`
  if (error_type === 'signal' && signal) return signal
  return (error_type ?? 'unknown').replaceAll('_', ' ')
}
