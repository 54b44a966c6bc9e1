import { type LaneTreeState, listTrees } from '../changes/lane-trees.ts'
import { branchOf, slugOf } from '../changes/worktree.ts'
import type { Api } from '../contract/api.ts'
import { conflict, notFound } from '../contract/errors.ts'
import type { Queue } from '../contract/queues.ts'
import { shellArgument } from '../contract/shell-word.ts'
import { findQueueIfAny, listQueues } from './lanes.ts'
import { count, oneLine } from './text.ts'

/** A person waits: git may take its time. */
export const soonEnough = (): number => performance.now() + 600_000

/** A work tree of a lane, with the lane, where that is still there. */
export type NamedTree = LaneTreeState & { queue: Pick<Queue, 'id' | 'name'> | null }

/** All work trees of the project's lanes. */
export async function listNamedTrees(api: Api, root: string): Promise<NamedTree[]> {
  const trees = await listTrees(root, soonEnough())
  if (trees.length === 0) return []
  const queues = new Map((await listQueues(api, { archived: true })).map(it => [slugOf(it.task_prefix), it]))
  const named = trees.map(tree => {
    const queue = queues.get(tree.slug)
    return { ...tree, queue: queue ? { id: queue.id, name: queue.name } : null }
  })
  // A branch of such a name alone may be anybody's.
  return named.filter(it => it.path !== null || it.queue !== null)
}

/**
 * The work tree of a lane; of one that was deleted, by the name of its branch.
 * @throws not_found, or conflict while a task of the lane runs
 */
export async function findNamedTree(api: Api, root: string, ref: string): Promise<NamedTree> {
  const queue = await findQueueIfAny(api, ref)
  if (queue && queue.counts.running > 0)
    throw conflict(`A task of ${queue.name} runs.`, `sparkq wait --queue ${shellArgument(queue.name)}`)
  const slug = queue ? slugOf(queue.task_prefix) : ref.replace(/^sparkq\//, '')
  const found = (await listNamedTrees(api, root)).find(it => it.slug === slug)
  if (found) return found
  const what = queue ? `The lane ${queue.name} has no work tree of its own` : `There is no lane "${ref}"`
  throw notFound(`${what} (no branch ${branchOf(slug)}).`, 'sparkq worktree list')
}

export const treeName = ({ queue, slug }: NamedTree): string => oneLine(queue?.name ?? slug)

/** "2 commits and 3 files that are not committed"; empty where there is nothing. */
export function holdsText({ commits, files }: Pick<LaneTreeState, 'commits' | 'files'>): string {
  const parts = [
    commits.length > 0 ? count(commits.length, 'commit') : '',
    files.length > 0 ? `${count(files.length, 'file')} not committed` : '',
  ]
  return parts.filter(Boolean).join(' and ')
}
