import fs from 'node:fs'
import path from 'node:path'
import { timestamp } from './contract/time.ts'

/** What is worth a line in the log. */
export type LogEvent =
  | { type: 'server_started'; address: string; pid: number; version: string; access: string }
  | { type: 'server_stopped'; pid: number; reason: string }
  | { type: 'server_not_started'; pid: number; reason: string }
  | { type: 'stop_slow'; waited_s: number }
  /** A bug, or a machine that does not let us work. `where`: what was being done. */
  | { type: 'failed'; where: string; error: unknown }
  /** Requests that the guard kept out, by reason, since the last such line. */
  | { type: 'refused'; reason: string; count: number }
  | { type: 'swept'; stale: number; failed: number; resumed: number; returned: number }
  | { type: 'purged'; tasks: number }
  /** A task that a dead runner left was brought to its end. */
  | { type: 'settled'; task: string; status: string }
  | { type: 'runner_started'; lane: string; pid: number }
  | { type: 'runner_ended'; lane: string; pid: number }
  | { type: 'runner_died'; lane: string; pid: number; how: string; deaths: number; restart_at: string }
  /** Somebody else's runner works a lane that ours was to work. */
  | { type: 'lane_held'; lane: string; pid: number; hostname: string }
  /** A runner that a dead server left is asked to make room. */
  | { type: 'runner_replaced'; lane: string; pid: number }
  | { type: 'runner_warning'; lane: string; message: string }
  /** What could not be told to the person, and why. */
  | { type: 'notify_failed'; reason: string }
  | { type: 'reloaded'; changes: readonly string[] }
  | { type: 'reload_refused'; reason: string }

export type Log = (event: LogEvent) => void

type Level = 'info' | 'warning' | 'error'
type Line = { level: Level; name: string; fields: Record<string, string | number> }

/** How large a file grows before it is put aside, and how many there are, the current one included. */
const maxBytes = 5 * 1024 * 1024
const maxFiles = 3

const fileName = 'sparkq.log'

export function logFilePath(folder: string): string {
  return path.join(folder, fileName)
}

/**
 * The one writer of log lines: `2026-01-31T22:14:03.120Z level event key=value …` in `sparkq.log`, the user's alone.
 * It opens the file for each line, so that it does not matter who else writes, or removes it. A log that cannot be
 * written is complained of once, and otherwise nobody's trouble.
 */
export function createLog({
  folder,
  rotate = { maxBytes, maxFiles },
  clock = Date.now,
  complain = sentence => process.stderr.write(`${sentence}\n`),
}: {
  folder: string
  rotate?: { maxBytes: number; maxFiles: number }
  clock?: () => number
  complain?: (sentence: string) => void
}): Log {
  const file = logFilePath(folder)
  let complained = false
  return event => {
    try {
      append(file, `${timestamp(clock())} ${render(lineOf(event))}\n`, rotate)
    } catch (error) {
      if (complained) return
      complained = true
      complain(`The log cannot be written: ${(error as Error).message}.`)
    }
  }
}

/** How many requests were kept out since `from` (a timestamp), as far back as the log goes. */
export function countRefused(folder: string, from: string): number {
  let count = 0
  for (const file of filesOf(logFilePath(folder), maxFiles)) {
    const text = readIfThere(file)
    for (const [, at = '', number] of text.matchAll(/^(\S+) \w+ request\.refused .*?\bcount=(\d+)/gm)) {
      if (at >= from) count += Number(number)
    }
  }
  return count
}

function lineOf(event: LogEvent): Line {
  const line = (level: Level, name: string, fields: Line['fields'] = {}): Line => ({ level, name, fields })
  switch (event.type) {
    case 'server_started': {
      const { address, pid, version, access } = event
      return line('info', 'server.started', { address, pid, version, access })
    }
    case 'server_stopped':
      return line('info', 'server.stopped', { pid: event.pid, reason: event.reason })
    case 'server_not_started':
      return line('error', 'server.not_started', { pid: event.pid, reason: event.reason })
    case 'stop_slow':
      return line('warning', 'server.stop_slow', { waited_s: event.waited_s })
    case 'failed':
      return line('error', 'failed', { where: event.where, error: describe(event.error) })
    case 'refused':
      return line('warning', 'request.refused', { reason: event.reason, count: event.count })
    case 'swept': {
      const { stale, failed, resumed, returned } = event
      return line('info', 'maintenance.swept', { stale, failed, resumed, returned })
    }
    case 'purged':
      return line('info', 'maintenance.purged', { tasks: event.tasks })
    case 'settled':
      return line('info', 'maintenance.settled', { task: event.task, status: event.status })
    case 'runner_started':
      return line('info', 'runner.started', { lane: event.lane, pid: event.pid })
    case 'runner_ended':
      return line('info', 'runner.ended', { lane: event.lane, pid: event.pid })
    case 'runner_died': {
      const { lane, pid, how, deaths, restart_at } = event
      return line('error', 'runner.died', { lane, pid, how, deaths, restart_at })
    }
    case 'lane_held':
      return line('info', 'runner.lane_held', { lane: event.lane, pid: event.pid, hostname: event.hostname })
    case 'runner_replaced':
      return line('info', 'runner.replaced', { lane: event.lane, pid: event.pid })
    case 'runner_warning':
      return line('warning', 'runner.warning', { lane: event.lane, message: event.message })
    case 'notify_failed':
      return line('warning', 'notify.failed', { reason: event.reason })
    case 'reloaded':
      return line('info', 'config.reloaded', { changes: event.changes.join('; ') || 'none' })
    case 'reload_refused':
      return line('warning', 'config.refused', { reason: event.reason })
  }
}

/** The whole of it: the stack, and what it was caused by. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const own = error.stack ?? `${error.name}: ${error.message}`
  return error.cause === undefined ? own : `${own}\ncaused by: ${describe(error.cause)}`
}

function render({ level, name, fields }: Line): string {
  const pairs = Object.entries(fields).map(([key, value]) => ` ${key}=${quote(String(value))}`)
  return `${level} ${name}${pairs.join('')}`
}

/** One line whatever is in it, and nothing that a terminal would act on. */
function quote(value: string): string {
  if (/^[^\s"=\\\p{C}]+$/u.test(value)) return value
  return JSON.stringify(value).replace(
    /[\p{Cc}\p{Cf}\u2028\u2029]/gu,
    char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

function append(file: string, line: string, rotate: { maxBytes: number; maxFiles: number }): void {
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
  const size = fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0
  if (size > 0 && size + line.length > rotate.maxBytes) putAside(file, rotate.maxFiles)
  const fd = fs.openSync(file, 'a', 0o600)
  try {
    if ((fs.fstatSync(fd).mode & 0o077) !== 0) fs.fchmodSync(fd, 0o600)
    fs.writeSync(fd, line)
  } finally {
    fs.closeSync(fd)
  }
}

/** sparkq.log.1 is the latest of those put aside; the oldest one goes. */
function putAside(file: string, maxFiles: number): void {
  const files = filesOf(file, maxFiles)
  for (let i = files.length - 1; i > 0; i--) {
    const [from, to] = [files[i - 1] as string, files[i] as string]
    if (fs.existsSync(from)) fs.renameSync(from, to)
  }
}

const filesOf = (file: string, maxFiles: number): string[] =>
  Array.from({ length: maxFiles }, (_, i) => (i === 0 ? file : `${file}.${i}`))

function readIfThere(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
