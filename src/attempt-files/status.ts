import fs from 'node:fs'
import os from 'node:os'

/**
 * What the wrapper has recorded of a run. `pid` is the task's first process, which leads the task's group.
 * `exit` is there once the task has ended, at `endedAt` (ms since 1970).
 */
export type RunStatus = {
  pid: number | null
  exit: { code: number; signal: null } | { code: null; signal: string } | null
  endedAt: number | null
}

/**
 * Reads the wrapper's record: `pid N`, later `exit N`. When a signal ended the task, the shell's notice of it ("Killed")
 * stands before the exit: that tells `exit 137` from a real SIGKILL.
 */
export function readStatus(file: string): RunStatus {
  let text: string
  try {
    text = fs.readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { pid: null, exit: null, endedAt: null }
    throw error
  }
  const pid = /^pid (\d+)$/m.exec(text)
  const exit = /^exit (\d+)\n/m.exec(text)
  if (!exit) return { pid: pid ? Number(pid[1]) : null, exit: null, endedAt: null }
  const notice = text
    .slice(0, exit.index)
    .replace(/^pid \d+\n/m, '')
    .trim()
  return {
    pid: pid ? Number(pid[1]) : null,
    exit: decode(Number(exit[1]), notice),
    endedAt: fs.statSync(file).mtimeMs,
  }
}

function decode(code: number, notice: string): NonNullable<RunStatus['exit']> {
  // A job that was over before it was waited for gets a notice of its exit, too, in any language: "[1]+  Exit 137".
  const signalled = code > 128 && notice !== '' && !notice.split(/\s+/).includes(String(code))
  const signal = signalled ? signalName(code - 128) : undefined
  return signal === undefined ? { code, signal: null } : { code: null, signal }
}

function signalName(number: number): string | undefined {
  return Object.entries(os.constants.signals).find(([, value]) => value === number)?.[0]
}
