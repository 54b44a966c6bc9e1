import {
  type Allegiance,
  allegianceInProc,
  listFromProc,
  markInProc,
  outputsInProc,
  type ProcessRow,
  rowFromProc,
} from './proc.ts'
import { listFromPs, markedInPs, marksInPs, rowFromPs } from './ps.ts'

export type { Allegiance, ProcessRow } from './proc.ts'

const linux = process.platform === 'linux'

export const listProcesses = (): ProcessRow[] => [...eachProcess()]

/** Lazily: a row is as fresh as the moment it is taken (on Linux). */
export const eachProcess: () => Iterable<ProcessRow> = linux ? listFromProc : listFromPs

export const findProcess: (pid: number) => ProcessRow | null = linux ? rowFromProc : rowFromPs

/** Where a process writes its stdout and stderr; nothing where the system does not tell, or not us. */
export const outputsOf: (pid: number) => string[] = linux ? outputsInProc : () => []

/** Does this process's environment hold exactly `SPARKQ_MARK=<mark>`? false if that cannot be read. */
export const hasMark = (pid: number, mark: string): boolean => allegianceReader(mark)(pid) === 'ours'

/** For many processes: where only `ps` can tell, it is asked a single time. */
export function allegianceReader(mark: string): (pid: number) => Allegiance {
  if (mark === '') return () => 'unsaid'
  if (linux) return pid => allegianceInProc(pid, mark)
  let marked: Set<number> | undefined
  return pid => {
    marked ??= markedInPs(mark)
    return marked.has(pid) ? 'ours' : 'unsaid'
  }
}

/** Every process that bears a mark, of whatever task. */
export function listMarked(): (ProcessRow & { mark: string })[] {
  const marks = linux ? undefined : marksInPs()
  const markOf = (pid: number): string | null => (marks ? (marks.get(pid) ?? null) : markInProc(pid))
  return listProcesses().flatMap(row => {
    const mark = markOf(row.pid)
    return mark === null ? [] : [{ ...row, mark }]
  })
}
