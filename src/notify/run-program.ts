import { type ChildProcess, spawn } from 'node:child_process'
import { identify } from '../processes/identity.ts'
import { stopTree } from '../processes/stop.ts'
import type { Program } from './ways.ts'

export type Setting = {
  cwd: string
  env: NodeJS.ProcessEnv
  limitMs: number
  /** Aborts when it may take no longer. */
  signal: AbortSignal
}

const graceMs = 500
/** What a program said last may still be on its way when it has ended; something it left running may hold the pipe. */
const lastWordsMs = 200
const keptOutput = 4096
const longestDetail = 200

/**
 * Runs a program to its end, in a process group of its own, which is stopped when it takes too long. What it leaves
 * running behind an end in time is its own affair.
 * @returns how it failed, in a few words; null when it did not
 */
export async function runProgram(
  program: Program,
  { limitMs, signal, ...where }: Setting,
): Promise<string | null> {
  const child = start(program, where)
  if (typeof child === 'string') return child
  const words = listen(child)
  const end = new Promise<string | null>(resolve => {
    child.once('error', error => resolve(`it could not be started: ${error.message}`))
    child.once('exit', (code, killedBy) => resolve(code === 0 ? null : (killedBy ?? `exit ${code}`)))
  })
  const closed = new Promise<void>(resolve => child.once('close', () => resolve()))
  const last = killWith(child)
  const stopping = stopWhenLate(child, limitMs, signal)
  try {
    const how = await end
    if (stopping.because()) return stopping.because() as string
    await Promise.race([closed, new Promise(resolve => setTimeout(resolve, lastWordsMs))])
    const detail = words()
    return how === null || detail === '' ? how : `${how} (${detail})`
  } finally {
    await stopping.over()
    process.off('exit', last)
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.destroy()
  }
}

function start({ argv: [file, ...args], input }: Program, where: { cwd: string; env: NodeJS.ProcessEnv }) {
  try {
    const child = spawn(file, args, { ...where, detached: true, stdio: ['pipe', 'pipe', 'pipe'] })
    // Nobody has to read it: that is no failure.
    child.stdin.on('error', () => {})
    child.stdin.end(input)
    return child
  } catch (error) {
    return `it could not be started: ${(error as Error).message}`
  }
}

/** Reads on whatever it writes, so that it is never held up. @returns what tells its last line, of stderr first */
function listen(child: ChildProcess): () => string {
  const kept = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', text => {
      kept[name] = (kept[name] + text).slice(-keptOutput)
    })
  }
  const lastLine = (text: string) =>
    text
      .replace(/[^\P{C}\n]/gu, ' ')
      .trim()
      .split('\n')
      .at(-1)
      ?.trim() ?? ''
  return () => (lastLine(kept.stderr) || lastLine(kept.stdout)).slice(0, longestDetail)
}

/** Where this process is told to go at once, what it runs goes with it. */
function killWith(child: ChildProcess): () => void {
  const kill = (): void => {
    // Not yet waited for, so its number is still its own.
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
    try {
      process.kill(-child.pid, 'SIGKILL')
    } catch {
      // It has just ended.
    }
  }
  process.on('exit', kill)
  return kill
}

function stopWhenLate({ pid }: ChildProcess, limitMs: number, signal: AbortSignal) {
  const leader = pid === undefined ? null : identify(pid)
  let reason: string | undefined
  let stopped: Promise<unknown> = Promise.resolve()
  const stop = (because: string): void => {
    if (reason !== undefined) return
    reason = because
    if (leader) stopped = stopTree({ mark: '', wrapper: null, leader }, { graceMs })
  }
  const timer = setTimeout(() => stop(`it took longer than ${limitMs / 1000} s and was stopped`), limitMs)
  const onAbort = (): void => stop('there was no time left for it, and it was stopped')
  signal.addEventListener('abort', onAbort)
  if (signal.aborted) onAbort()
  return {
    because: () => reason,
    over: async (): Promise<void> => {
      clearTimeout(timer)
      signal.removeEventListener('abort', onAbort)
      await stopped
    },
  }
}
