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

export function* listFromProc(): Generator<ProcessRow> {
  for (const name of readdirSync('/proc')) {
    const row = /^\d+$/.test(name) ? rowFromProc(Number(name)) : null
    if (row) yield row
  }
}

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

export function hasMarkInProc(pid: number, mark: string): boolean {
  const environ = read(`/proc/${pid}/environ`)
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
