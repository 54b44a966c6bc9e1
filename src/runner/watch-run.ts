import path from 'node:path'
import type { AttemptFiles } from '../attempt-files/paths.ts'
import { type RunStatus, readStatus } from '../attempt-files/status.ts'
import { liveness } from '../processes/identity.ts'
import { eachMember, type ProcessTree } from '../processes/tree.ts'
import { watchFolder } from '../watch-folder.ts'

/** How often to look whether the recorder still lives, where it is not our child. */
const aliveEveryMs = 500

/** How soon to look again when nothing of a run was found. */
const lookAgainMs = 40

/** A process that shows nothing of itself for longer does so on purpose, and is not the task's as far as we can know. */
const unclearLimitMs = 1000

/** `vanished`: nothing of the run lives any more, and nobody recorded how it ended. */
export type RunEnd = { status: RunStatus; vanished: boolean }

/**
 * Resolves when a run has ended; `left` when `signal` aborts first. That it vanished takes two looks: a process that is
 * just becoming another program shows nothing of itself.
 * @param tree what is known of it now: that its first process is this one may be written down only after its start
 * @param exited the recorder's exit, where it is our own child
 */
export async function watchRun(
  tree: () => ProcessTree,
  files: AttemptFiles,
  signal: AbortSignal,
  exited?: Promise<void>,
): Promise<RunEnd | 'left'> {
  if (exited) await untilAborted(exited, signal)
  const isGone = createGoneJudge()
  while (!signal.aborted) {
    const ended = readStatus(files.status)
    // Usually that is all there is to ask; looking at all processes costs milliseconds.
    if (ended.exit) return { status: ended, vanished: false }
    const found = look(tree())
    // Read again after the look: the recorder writes, and then ends.
    const status = readStatus(files.status)
    if (status.exit) return { status, vanished: false }
    if (isGone(found)) return { status, vanished: true }
    await nextChange(files, signal, found === 'alive' ? aliveEveryMs : lookAgainMs)
  }
  return 'left'
}

type Found = 'alive' | 'unclear' | 'nothing'

function look(tree: ProcessTree): Found {
  if (tree.wrapper !== null && liveness(tree.wrapper) === 'alive') return 'alive'
  let found: Found = 'nothing'
  const onUnclear = (): void => {
    found = 'unclear'
  }
  return [...eachMember(tree, { onUnclear })].length > 0 ? 'alive' : found
}

/** Two looks in a row that found nothing; where it stays unclear whether there is something, that counts as little. */
function createGoneJudge(): (found: Found) => boolean {
  let since = 0
  let missing = 0
  return found => {
    if (found === 'alive') missing = since = 0
    else {
      since ||= performance.now()
      if (found === 'nothing' || performance.now() - since > unclearLimitMs) missing++
    }
    return missing === 2
  }
}

function untilAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) return resolve()
    const done = (): void => {
      signal.removeEventListener('abort', done)
      resolve()
    }
    signal.addEventListener('abort', done)
    promise.then(done)
  })
}

/** Resolves when the recorder has written, when it is time to look whether it lives, or when `signal` aborts. */
function nextChange(files: AttemptFiles, signal: AbortSignal, atMostMs: number): Promise<void> {
  return new Promise(resolve => {
    const status = path.basename(files.status)
    const unwatch = watchFolder(files.folder, name => name === status && done())
    const timer = setTimeout(done, atMostMs)
    signal.addEventListener('abort', done)
    function done(): void {
      clearTimeout(timer)
      unwatch()
      signal.removeEventListener('abort', done)
      resolve()
    }
  })
}
