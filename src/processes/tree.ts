import type { ProcessIdentity } from '../contract/attempts.ts'
import { liveness } from './identity.ts'
import { eachProcess, markReader, type ProcessRow } from './table.ts'

/**
 * What a task runs as. A small wrapper shell leads a session of its own and starts the task in it as the leader of a
 * process group. All of them bear the mark in their environment, and so does whatever they start.
 */
export type ProcessTree = {
  mark: string
  /** Records the task's exit and must never be signalled. null: there is none (any more). */
  wrapper: ProcessIdentity | null
  /** The task's first process: its pid is the task's process group. null: not known. */
  leader: ProcessIdentity | null
}

/** `inGroup`: in the task's own process group, which a signal reaches as a whole. */
export type Member = ProcessRow & { inGroup: boolean }

/** What lives of the task: never its wrapper, never this process. */
export const members = (tree: ProcessTree): Member[] => [...eachMember(tree)]

/** `known`: keys of earlier members, who stay so whatever they did to their session or environment since. */
export type Look = { known?: { has(key: string): boolean }; onUnclear?: (row: ProcessRow) => void }

/**
 * Lazily, so that a process that is about to be replaced by its own child can be killed the moment it is found.
 * `onUnclear` hears of processes of which it cannot be told at this moment.
 */
export function* eachMember(tree: ProcessTree, look: Look = {}): Generator<Member> {
  const isOurs = recognise(tree, look)
  const group = groupOf(tree)
  let groupIsOurs = tree.leader !== null && liveness(tree.leader) === 'alive'
  const doubtful: ProcessRow[] = []
  for (const row of eachProcess()) {
    if (isSpared(row, tree)) continue
    const inGroup = row.pgid === group
    if (isOurs(row)) groupIsOurs ||= inGroup
    else if (!inGroup) continue
    else if (!groupIsOurs) {
      doubtful.push(row)
      continue
    }
    yield { ...row, inGroup }
  }
  if (groupIsOurs) yield* doubtful.map(row => ({ ...row, inGroup: true }))
}

export const keyOf = (process: { pid: number; start_time: string }): string =>
  `${process.pid} ${process.start_time}`

/** null if it is not known. Never 0 or 1: as the target of a signal they would mean "my group" and "everything". */
export const groupOf = (tree: ProcessTree): number | null =>
  tree.leader && tree.leader.pid > 1 ? tree.leader.pid : null

// A group lies within one session: one process of ours in it, alive, proves the whole of it, and holds its number.
function recognise({ mark, wrapper }: ProcessTree, { known, onUnclear }: Look): (row: ProcessRow) => boolean {
  const session = wrapper && liveness(wrapper) === 'alive' ? wrapper.pid : null
  const isMarked = markReader(mark)
  return row => {
    if (row.sid === session || known?.has(keyOf(row))) return true
    const marked = isMarked(row.pid)
    // threads of the kernel have no group
    if (marked === null && row.pgid !== 0) onUnclear?.(row)
    return marked === true
  }
}

function isSpared(row: ProcessRow, { wrapper, leader }: ProcessTree): boolean {
  if (row.pid === process.pid || row.pid <= 1) return true
  if (!wrapper) return false
  if (row.pid === wrapper.pid) return row.start_time === wrapper.start_time
  // Once the task runs, another child of the wrapper is the wrapper at work: the `mv` that records the exit.
  return leader !== null && row.pid !== leader.pid && row.ppid === wrapper.pid
}
