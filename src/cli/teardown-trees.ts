import { GitTrouble } from '../changes/git.ts'
import { type LaneTreeState, listTrees, removeTree, saveTree } from '../changes/lane-trees.ts'
import { holdsText, soonEnough } from './lane-tree.ts'
import type { Face } from './terminal.ts'
import { oneLine } from './text.ts'

/** The lanes' own work trees; a branch without one may be anybody's. */
export async function findTrees(folder: string, err: Face): Promise<LaneTreeState[]> {
  try {
    return (await listTrees(folder, soonEnough())).filter(it => it.path !== null)
  } catch (error) {
    if (!(error instanceof GitTrouble)) throw error
    err.line(`Work trees of lanes cannot be seen (${error.message}): what there is of them stays.`)
    return []
  }
}

/** What of them will go, a line for each. */
export const treeLines = (trees: readonly LaneTreeState[]): string[] =>
  trees.map(tree => {
    const stays = hasOwn(tree) ? ` (its ${holdsText(tree)} stay, on the branch ${tree.branch})` : ''
    return `sparkq/worktrees/${tree.slug}${stays}`
  })

const hasOwn = ({ commits, files }: LaneTreeState): boolean => commits.length + files.length > 0

/**
 * Removes the work trees; what was done in them stays on its branch, and what was not committed is put there first.
 * @throws conflict when one is on another branch, with changes that are not committed
 */
export async function removeTrees(folder: string, trees: readonly LaneTreeState[], err: Face): Promise<void> {
  for (const tree of trees) {
    if (tree.files.length > 0) await saveTree(folder, tree, soonEnough())
    const keepBranch = hasOwn(tree)
    if (tree.path !== null || !keepBranch)
      await removeTree(folder, tree, { deadline: soonEnough(), keepBranch })
    if (keepBranch) err.line(`The branch ${oneLine(tree.branch)} stays: it has work that is nowhere else.`)
  }
}
