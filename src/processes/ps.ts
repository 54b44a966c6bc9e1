import { capture } from './capture.ts'
import type { ProcessRow } from './proc.ts'

// macOS has no field for the session's id: `sess` is 0 or an address there, and no session is ever recognised.
const columns = 'pid=,ppid=,pgid=,sess=,stat=,lstart=,cputime=,command='
// `lstart` is five words, e.g. `Sat Jan 31 22:14:03 2026`
const line =
  /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\S+)\s+(\w+\s+\w+\s+\d+\s+[\d:]+\s+\d+)\s+([\d:.-]+)\s*(.*)$/

export function listFromPs(): ProcessRow[] {
  return rows(ps('-axww', '-o', columns))
}

export function rowFromPs(pid: number): ProcessRow | null {
  return rows(ps('-ww', '-o', columns, '-p', String(pid)))[0] ?? null
}

/**
 * All processes that bear the mark. `ps` writes the environment behind the command line with spaces between, so an
 * argument that reads like the mark counts as well. macOS hides the environment of its own binaries (`/bin/bash`).
 */
export function markedInPs(mark: string): Set<number> {
  const entry = ` SPARKQ_MARK=${mark} `
  const lines = ps('axeww', '-o', 'pid=,command=').split('\n')
  return new Set(lines.filter(text => `${text} `.includes(entry)).map(text => Number.parseInt(text, 10)))
}

/** The same for whatever mark: which process bears which. */
export function marksInPs(): Map<number, string> {
  const lines = ps('axeww', '-o', 'pid=,command=').split('\n')
  return new Map(
    lines.flatMap(text => {
      const mark = / SPARKQ_MARK=(\S+)/.exec(text)?.[1]
      return mark === undefined ? [] : [[Number.parseInt(text, 10), mark] as const]
    }),
  )
}

function rows(output: string): ProcessRow[] {
  return output.split('\n').flatMap(text => {
    const match = line.exec(text)
    if (!match) return []
    const [, pid, ppid, pgid, session, state = '', start_time = '', cputime = '', command = ''] = match
    if (/^[ZX]/.test(state)) return []
    const sid = /^\d+$/.test(session ?? '') ? Number(session) : 0
    const numbers = { pid: Number(pid), ppid: Number(ppid), pgid: Number(pgid), sid }
    return [{ ...numbers, state, start_time, cpu_ms: parseCpuTime(cputime), command }]
  })
}

/** `1-02:03:04` (days, hours …) or, on macOS, `123:04.56` (minutes, seconds). Children that are gone are not in it. */
export function parseCpuTime(text: string): number {
  const [days, clock] = text.includes('-') ? text.split('-') : ['0', text]
  const seconds = (clock ?? '').split(':').reduce((sum, part) => sum * 60 + Number(part), 0)
  return (Number(days) * 86_400 + seconds) * 1000
}

// `ps` exits 1 when it has nothing to show. Start times must read the same whoever asks: one locale, one time zone.
function ps(...args: string[]): string {
  try {
    return capture('ps', args, {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' },
      maxBuffer: 256 * 1024 * 1024,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
  } catch {
    return ''
  }
}
