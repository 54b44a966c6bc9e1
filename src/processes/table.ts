import { hasMarkInProc, listFromProc, type ProcessRow, rowFromProc } from './proc.ts'
import { listFromPs, markedInPs, rowFromPs } from './ps.ts'

export type { ProcessRow } from './proc.ts'

const linux = process.platform === 'linux'

export const listProcesses = (): ProcessRow[] => [...eachProcess()]

/** Lazily: a row is as fresh as the moment it is taken (on Linux). */
export const eachProcess: () => Iterable<ProcessRow> = linux ? listFromProc : listFromPs

export const findProcess: (pid: number) => ProcessRow | null = linux ? rowFromProc : rowFromPs

/** Does this process's environment hold exactly `SPARKQ_MARK=<mark>`? false if that cannot be read. */
export const hasMark = (pid: number, mark: string): boolean => markReader(mark)(pid) === true

/** `hasMark` for many processes: where only `ps` can tell, it is asked a single time. null: see hasMarkInProc. */
export function markReader(mark: string): (pid: number) => boolean | null {
  if (mark === '') return () => false
  if (linux) return pid => hasMarkInProc(pid, mark)
  let marked: Set<number> | undefined
  return pid => {
    marked ??= markedInPs(mark)
    return marked.has(pid)
  }
}
