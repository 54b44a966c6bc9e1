import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { leftVariable } from './scrub.ts'

/** A process that runs; zombies are not listed. */
export type ProcessRow = {
  pid: number
  ppid: number
  pgid: number
  /** 0 where the system does not tell */
  sid: number
  /** as the system writes it; its first letter is T while the process is stopped */
  state: string
  /** as in ProcessIdentity */
  start_time: string
  /** Processor time it has used, and the children that it has waited for; ms */
  cpu_ms: number
  command: string
}

/** Of which task a process says to be: of the one that bears the mark, of another or of none on purpose, or nothing. */
export type Allegiance = 'ours' | 'not_ours' | 'unsaid' | 'unclear'

/** Includes what appears meanwhile: a process that hands over to its child and ends cannot slip through. */
export function* listFromProc(): Generator<ProcessRow> {
  const visited = new Set<string>()
  for (let pass = 0; pass < passes; pass++) {
    const fresh = readdirSync('/proc').filter(name => /^\d+$/.test(name) && !visited.has(name))
    if (fresh.length === 0) return
    for (const name of fresh) {
      visited.add(name)
      const row = rowFromProc(Number(name))
      if (row) yield row
    }
  }
}

// Where processes start all the time there is always one more.
const passes = 20

/** null: no such process, or nothing of it runs any more. */
export function rowFromProc(pid: number): ProcessRow | null {
  const stat = read(`/proc/${pid}/stat`)
  if (stat === null) return null
  // The name in parentheses is the process's own to choose, spaces and parentheses included.
  const end = stat.lastIndexOf(')')
  const field = stat.slice(end + 2).split(' ')
  // fields 3 (state), 4, 5, 6, 14-17 (times), 20 (threads) and 22 (start) of proc_pid_stat(5)
  const [state = '', ppid, pgid, sid] = field
  if (state === 'X' || (state === 'Z' && !hasLiveThreads(field[17]))) return null
  return {
    pid,
    ppid: Number(ppid),
    pgid: Number(pgid),
    sid: Number(sid),
    state,
    start_time: field[19] ?? '',
    cpu_ms: field.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) * tickMs,
    command: commandLine(pid) || `[${stat.slice(stat.indexOf('(') + 1, end)}]`,
  }
}

/** USER_HZ, in which the kernel tells times to programs, is 100 on every system that Node runs on (time(7)). */
export const tickMs = 10

/** `unclear`: in the middle of an exec (or of its exit) a process shows neither command nor environment. */
export function allegianceInProc(pid: number, mark: string): Allegiance {
  const path = `/proc/${pid}/environ`
  let environ = read(path)
  if (environ === '') {
    if (commandLine(pid) === '') return 'unclear'
    environ = read(path)
  }
  const words = `\0${environ ?? ''}\0`
  if (words.includes(`\0SPARKQ_MARK=${mark}\0`)) return 'ours'
  return words.includes('\0SPARKQ_MARK=') || words.includes(`\0${leftVariable}=`) ? 'not_ours' : 'unsaid'
}

/** The mark that a process bears; null where it bears none, or is not ours to look at. */
export const markInProc = (pid: number): string | null =>
  /(?:^|\0)SPARKQ_MARK=([^\0]+)/.exec(read(`/proc/${pid}/environ`) ?? '')?.[1] ?? null

/** The files that a process writes its stdout and stderr to: absolute paths, or what the system calls a pipe. */
export function outputsInProc(pid: number): string[] {
  return [1, 2].flatMap(fd => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${fd}`)]
    } catch {
      return []
    }
  })
}

// A main thread that ended before the others is shown as a zombie although the process still runs.
const hasLiveThreads = (threads: string | undefined): boolean => Number(threads) > 1

const commandLine = (pid: number): string => (read(`/proc/${pid}/cmdline`) ?? '').replaceAll('\0', ' ').trim()

// Whatever the reason (it is gone, it is someone else's): there is nothing to read.
function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
