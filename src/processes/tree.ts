import type { ProcessIdentity } from '../contract/attempts.ts'
import { liveness } from './identity.ts'
import {
  type Allegiance,
  allegianceReader,
  eachProcess,
  findProcess,
  outputsOf,
  type ProcessRow,
} from './table.ts'

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
  /** The files that its output goes to, by their real paths: nobody else writes its output there. */
  outputs?: readonly string[]
}

/** `inGroup`: in the task's own process group, which a signal reaches as a whole. */
export type Member = ProcessRow & { inGroup: boolean }

/** What lives of the task: never its wrapper, never this process. */
export const members = (tree: ProcessTree, look: Look = {}): Member[] => [...eachMember(tree, look)]

/** `known`: keys of earlier members, who stay so whatever they did to their session or environment since. */
export type Look = { known?: { has(key: string): boolean }; onUnclear?: (row: ProcessRow) => void }

/**
 * Lazily, so that a process that is about to be replaced by its own child can be killed the moment it is found.
 * `onUnclear` hears of processes of which it cannot be told at this moment.
 */
export function* eachMember(tree: ProcessTree, look: Look = {}): Generator<Member> {
  const allegiance = recognise(tree, look)
  const group = groupOf(tree)
  let groupIsOurs = tree.leader !== null && liveness(tree.leader) === 'alive'
  const found = new Map<number, Member>()
  const admit = (row: ProcessRow): Member => {
    const member = { ...row, inGroup: row.pgid === group }
    found.set(row.pid, member)
    return member
  }
  let rest: Stranger[] = []
  for (const row of eachProcess()) {
    if (isSpared(row, tree)) continue
    const inGroup = row.pgid === group
    const says = allegiance(row)
    if (says === 'ours') groupIsOurs ||= inGroup
    if (says === 'ours' || (inGroup && groupIsOurs)) yield admit(row)
    else if (inGroup || says !== 'not_ours') rest.push({ row, says })
  }
  if (groupIsOurs) {
    yield* rest.filter(({ row }) => row.pgid === group).map(({ row }) => admit(row))
    rest = rest.filter(({ row }) => row.pgid !== group)
  }
  yield* descendants(rest, found, admit)
}

type Stranger = { row: ProcessRow; says: Allegiance }

export const keyOf = (process: { pid: number; start_time: string }): string =>
  `${process.pid} ${process.start_time}`

/** null if it is not known. Never 0 or 1: as the target of a signal they would mean "my group" and "everything". */
export const groupOf = (tree: ProcessTree): number | null =>
  tree.leader && tree.leader.pid > 1 ? tree.leader.pid : null

// A group lies within one session: one process of ours in it, alive, proves the whole of it, and holds its number.
function recognise({ mark, wrapper, outputs = [] }: ProcessTree, { known, onUnclear }: Look) {
  const session = wrapper && liveness(wrapper) === 'alive' ? wrapper.pid : null
  const allegianceOf = allegianceReader(mark)
  return (row: ProcessRow): Allegiance => {
    if (row.sid === session) return 'ours'
    const says = allegianceOf(row.pid)
    // What we started on a task's behalf and let go (a server) says so; it may have been seen before it did.
    if (says === 'ours' || says === 'not_ours') return says
    if (known?.has(keyOf(row))) return 'ours'
    if (outputs.length > 0 && outputsOf(row.pid).some(file => outputs.includes(file))) return 'ours'
    // threads of the kernel have no group
    if (says === 'unclear' && row.pgid !== 0) onUnclear?.(row)
    return says
  }
}

/** Children of members that say nothing of whose they are: they have left group and session, and dropped the mark. */
function* descendants(
  rest: Stranger[],
  found: ReadonlyMap<number, Member>,
  admit: (row: ProcessRow) => Member,
): Generator<Member> {
  const open = new Set(rest.filter(({ says }) => says !== 'not_ours').map(({ row }) => row))
  for (let before = -1; before !== found.size; ) {
    before = found.size
    for (const row of open) {
      const parent = found.get(row.ppid)
      if (!parent || !isChild(row, parent)) continue
      open.delete(row)
      yield admit(row)
    }
  }
}

// A number may have changed hands between two rows: the parent must be older, and must be there still.
function isChild(row: ProcessRow, parent: ProcessRow): boolean {
  if (Number(parent.start_time) > Number(row.start_time)) return false
  return findProcess(parent.pid)?.start_time === parent.start_time
}

function isSpared(row: ProcessRow, { wrapper, leader }: ProcessTree): boolean {
  if (row.pid === process.pid || row.pid <= 1) return true
  if (!wrapper) return false
  if (row.pid === wrapper.pid) return row.start_time === wrapper.start_time
  // Once the task runs, another child of the wrapper is the wrapper at work: the `mv` that records the exit.
  return leader !== null && row.pid !== leader.pid && row.ppid === wrapper.pid
}
