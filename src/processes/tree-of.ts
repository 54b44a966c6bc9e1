import type { ProcessIdentity } from '../contract/attempts.ts'
import { identify, liveness } from './identity.ts'
import { findProcess, hasMark } from './table.ts'
import type { ProcessTree } from './tree.ts'

/**
 * The tree of a task, of whose first process only the recorded pid is known. That pid may be another process's by now:
 * it counts only if it bears the mark or is a child of the living wrapper.
 */
export function treeOf({
  mark,
  wrapper,
  pid,
  outputs,
}: {
  mark: string
  wrapper: ProcessIdentity | null
  pid: number | null
  outputs: readonly string[]
}): ProcessTree {
  const isChild = () =>
    wrapper !== null && liveness(wrapper) === 'alive' && findProcess(pid as number)?.ppid === wrapper.pid
  const isOurs = pid !== null && (hasMark(pid, mark) || isChild())
  return { mark, wrapper, leader: isOurs ? identify(pid) : null, outputs }
}
