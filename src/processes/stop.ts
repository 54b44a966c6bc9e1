import type { StopReport } from '../contract/attempts.ts'
import { pause as delay } from './pause.ts'
import { signalAsked, signalOne, type Target } from './signal.ts'
import { findProcess } from './table.ts'
import { eachMember, groupOf, keyOf, type Member, type ProcessTree } from './tree.ts'

/** `hurry` ends the grace early. `known`: keys of processes that were the task's when it was last looked at. */
export type StopOptions = { graceMs: number; hurry?: AbortSignal; known?: { has(key: string): boolean } }

/**
 * TERM to the task's group, a grace, KILL to the group; then KILL at once to whatever left the group, until nothing
 * is found any more. Without a known leader every member gets the TERM. Never rejects over what a process does.
 */
export async function stopTree(
  tree: ProcessTree,
  { graceMs, hurry, known }: StopOptions,
): Promise<StopReport> {
  const seen: Stop['seen'] = new Map()
  const isKnown = { has: (key: string) => seen.has(key) || known?.has(key) === true }
  const stop: Stop = { tree, seen, known: isKnown, killed: new Set(), refused: new Set(), signals: [] }
  ask(stop)
  await untilAskedAreGone(stop, graceMs, hurry)
  note(stop, 'SIGKILL', signalAsked(stop, 'SIGKILL', look(stop).filter(askedOf(stop))))
  await killTheRest(stop)
  return { signals: stop.signals, stopped: stop.seen.size, survivors: survivors(stop) }
}

type Stop = Target & {
  /** All members ever found, by key. */
  seen: Map<string, Member>
  known: { has(key: string): boolean }
  signals: StopReport['signals']
}

const killLimitMs = 5000
/** A process that shows nothing of itself for longer does so on purpose, and is not the task's as far as we can know. */
const unclearLimitMs = 1000
const pollMs = { first: 5, most: 80 }
/** Rounds beyond this are added to the last one: a fork storm takes hundreds. */
const reportedRounds = 50
const reportedCommandLength = 500

function ask(stop: Stop): void {
  const asked = look(stop).filter(askedOf(stop))
  note(stop, 'SIGTERM', signalAsked(stop, 'SIGTERM', asked))
  // A stopped process acts on a TERM only when it is continued.
  const stopped = asked.filter(member => member.state.startsWith('T'))
  note(stop, 'SIGCONT', stopped.filter(member => signalOne(stop, 'SIGCONT', member)).length)
}

async function untilAskedAreGone(stop: Stop, graceMs: number, hurry?: AbortSignal): Promise<void> {
  const deadline = performance.now() + graceMs
  const isAsked = askedOf(stop)
  for (let pause = pollMs.first; ; pause = longer(pause)) {
    // Processes already seen are cheap to look for; the whole table is read only when all of them are gone.
    const remains = [...stop.seen.values()].some(member => isAsked(member) && isStillAsked(stop, member))
    if (!remains && !look(stop).some(isAsked)) return
    const left = deadline - performance.now()
    if (left <= 0 || hurry?.aborted) return
    await delay(Math.min(pause, left), hurry)
  }
}

// One clean look is not enough, nor is one with processes of which it cannot be told whose they are.
async function killTheRest(stop: Stop): Promise<void> {
  const begun = performance.now()
  let clean = 0
  for (let pause = pollMs.first; performance.now() < begun + killLimitMs; pause = longer(pause)) {
    const { fresh, killed, dying, unclear } = killAllFound(stop)
    note(stop, 'SIGKILL', killed)
    const isClear = unclear === 0 || performance.now() > begun + unclearLimitMs
    clean = fresh + dying === 0 && isClear ? clean + 1 : 0
    if (clean === 2) return
    if (fresh > 0 || clean > 0) pause = pollMs.first
    // What spawns faster than it is found is outrun by looking again at once; what is slow to die is waited for.
    await delay(fresh > 0 ? 1 : pause)
  }
}

/** `fresh` includes those that were gone before the signal: their children may not be. */
function killAllFound(stop: Stop) {
  const count = { fresh: 0, killed: 0, dying: 0, unclear: 0 }
  for (const member of eachMember(stop.tree, { known: stop.known, onUnclear: () => count.unclear++ })) {
    const key = keyOf(member)
    stop.seen.set(key, member)
    if (stop.refused.has(key)) continue
    if (stop.killed.has(key)) {
      // A KILL to the group says nothing of the single process that refused it; this does.
      if (signalOne(stop, 0, member)) count.dying++
    } else {
      count.fresh++
      if (signalOne(stop, 'SIGKILL', member)) count.killed++
    }
  }
  return count
}

function look(stop: Stop): Member[] {
  const found = [...eachMember(stop.tree, { known: stop.known })]
  for (const member of found) stop.seen.set(keyOf(member), member)
  return found
}

function askedOf(stop: Stop): (member: Member) => boolean {
  const group = groupOf(stop.tree)
  return member => group === null || member.inGroup
}

function isStillAsked(stop: Stop, member: Member): boolean {
  const row = findProcess(member.pid)
  const group = groupOf(stop.tree)
  return row?.start_time === member.start_time && (group === null || row.pgid === group)
}

function note(stop: Stop, signal: string, processes: number): void {
  if (processes === 0) return
  const last = stop.signals.at(-1)
  if (last?.signal === signal && stop.signals.length >= reportedRounds) last.processes += processes
  else stop.signals.push({ signal, at: new Date().toISOString(), processes })
}

const longer = (pause: number): number => Math.min(pause * 1.5, pollMs.most)

function survivors(stop: Stop): StopReport['survivors'] {
  return [...stop.seen.values()].flatMap(({ pid, start_time }) => {
    const row = findProcess(pid)
    return row?.start_time === start_time
      ? [{ pid, command: row.command.slice(0, reportedCommandLength) }]
      : []
  })
}
