import fs from 'node:fs'
import type { ChangesInput } from '../contract/changes.ts'
import { compare, type Difference } from './compare.ts'
import { GitTrouble } from './git.ts'
import { type Asked, type Snapshot, type Taken, takeSnapshot } from './snapshot.ts'

/** What is said of a run's changes: nothing where there is no git, or where it could not be found out. */
export type Recorded = { changes: ChangesInput | null; warnings: string[] }

/** Of a tree that is too large for it, or a repository that is broken: that must not hold up a task. */
export async function snapshotOrWarning(asked: Asked): Promise<Taken> {
  try {
    return await takeSnapshot(asked)
  } catch (error) {
    return { snapshot: null, warnings: [unknown(error)] }
  }
}

/**
 * What was changed since a snapshot.
 * @param worktree the lane's own work tree, where it has one
 */
export async function recordChanges(
  before: Snapshot,
  { deadline, worktree, shared }: { deadline: number; worktree: string | null; shared: boolean },
): Promise<Recorded> {
  try {
    const taken = await takeSnapshot({ folder: before.top, store: before.store, deadline })
    const after = taken.snapshot
    if (!after) return { changes: null, warnings: ['What was changed is not known (its work tree is gone).'] }
    const { warnings, ...found } = await compare(before, after, deadline)
    return {
      changes: inWords(before, after, found, { worktree, shared }),
      warnings: [...taken.warnings, ...warnings],
    }
  } catch (error) {
    return { changes: null, warnings: [unknown(error)] }
  }
}

/** The objects that only the snapshots of a run needed. */
export const forgetSnapshots = (store: string): void => fs.rmSync(store, { recursive: true, force: true })

function inWords(
  before: Snapshot,
  after: Snapshot,
  found: Omit<Difference, 'warnings'>,
  about: Pick<ChangesInput, 'worktree' | 'shared'>,
): ChangesInput {
  return {
    before: { head: before.head, dirty: before.dirty },
    after: { head: after.head, dirty: after.dirty },
    branch: after.branch,
    ...about,
    ...found,
  }
}

/** A full disk, a folder that may not be read: all of that is no reason to lose a task over. */
function unknown(error: unknown): string {
  if (!(error instanceof GitTrouble) && (error as NodeJS.ErrnoException).code === undefined) throw error
  return `What was changed is not known (${(error as Error).message}).`
}
