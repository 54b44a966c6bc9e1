import path from 'node:path'
import type { AttemptFiles } from '../attempt-files/paths.ts'
import { type RunStatus, readStatus } from '../attempt-files/status.ts'
import { watchFolder } from '../attempt-files/watch-folder.ts'
import { liveness } from '../processes/identity.ts'
import { members, type ProcessTree } from '../processes/tree.ts'

/** How often to look whether the recorder still lives, where it is not our child. */
const aliveEveryMs = 500

/** `vanished`: nothing of the run lives any more, and nobody recorded how it ended. */
export type RunEnd = { status: RunStatus; vanished: boolean }

/**
 * Resolves when a run has ended; `left` when `signal` aborts first.
 * @param exited the recorder's exit, where it is our own child
 */
export async function watchRun(
  tree: ProcessTree,
  files: AttemptFiles,
  signal: AbortSignal,
  exited?: Promise<void>,
): Promise<RunEnd | 'left'> {
  if (exited) await untilAborted(exited, signal)
  while (!signal.aborted) {
    const end = findEnd(tree, files)
    if (end) return end
    await nextChange(files, signal)
  }
  return 'left'
}

function findEnd(tree: ProcessTree, files: AttemptFiles): RunEnd | undefined {
  const status = readStatus(files.status)
  if (status.exit) return { status, vanished: false }
  if (isAlive(tree)) return undefined
  // The recorder may have written between the two looks.
  const last = readStatus(files.status)
  return { status: last, vanished: last.exit === null }
}

function isAlive(tree: ProcessTree): boolean {
  return (tree.wrapper !== null && liveness(tree.wrapper) === 'alive') || members(tree).length > 0
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
function nextChange(files: AttemptFiles, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const status = path.basename(files.status)
    const unwatch = watchFolder(files.folder, name => name === status && done())
    const timer = setTimeout(done, aliveEveryMs)
    signal.addEventListener('abort', done)
    function done(): void {
      clearTimeout(timer)
      unwatch()
      signal.removeEventListener('abort', done)
      resolve()
    }
  })
}
