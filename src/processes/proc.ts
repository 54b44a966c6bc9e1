import { readdirSync, readFileSync } from 'node:fs'

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
  command: string
}

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
  // fields 3 (state), 4, 5, 6, 20 (threads) and 22 (start) of proc_pid_stat(5)
  const [state = '', ppid, pgid, sid] = field
  if (state === 'X' || (state === 'Z' && !hasLiveThreads(field[17]))) return null
  return {
    pid,
    ppid: Number(ppid),
    pgid: Number(pgid),
    sid: Number(sid),
    state,
    start_time: field[19] ?? '',
    command: commandLine(pid) || `[${stat.slice(stat.indexOf('(') + 1, end)}]`,
  }
}

/** null: it cannot be told now; in the middle of an exec (or of its exit) a process shows neither command nor environment. */
export function hasMarkInProc(pid: number, mark: string): boolean | null {
  const path = `/proc/${pid}/environ`
  let environ = read(path)
  if (environ === '') {
    if (commandLine(pid) === '') return null
    environ = read(path)
  }
  return environ !== null && `\0${environ}\0`.includes(`\0SPARKQ_MARK=${mark}\0`)
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
