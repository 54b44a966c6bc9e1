import os from 'node:os'
import type { Queue } from '../contract/queues.ts'
import { timestamp } from '../contract/time.ts'
import type { StoredRunner } from '../store/runners.ts'
import type { Claimable } from '../store/tasks.ts'
import type { Context } from './context.ts'
import { isThere } from './places.ts'

/** Who is to work: a runner, or (`executes`) whichever will come. */
type Who = { executes?: boolean; runner_id?: string | undefined }

/** How soon who left a tree to a lane that waits longer asks again, should that one not take it after all. */
const askAgainMs = 1000

/**
 * The work tree that an agent has to itself for a task: the project's on its machine, or the lane's own. Undefined where
 * the task needs none to itself: a script shares it with all others.
 */
export function treeOf(
  ctx: Context,
  queue: Queue,
  { tool_name }: Pick<Claimable, 'tool_name'>,
  { executes, runner_id }: Who,
): { name: string } | undefined {
  if (!executes && runner_id === undefined) return undefined
  if (ctx.store.tools.get(tool_name)?.agent == null) return undefined
  const runner = runner_id === undefined ? undefined : ctx.store.runners.get(runner_id)
  const host = `host:${runner?.process.hostname ?? os.hostname()}`
  return { name: queue.settings.worktree ? `${host}:queue:${queue.id}` : host }
}

export function isTreeHeld(ctx: Context, queue: Queue, head: Claimable, who: Who): boolean {
  const tree = treeOf(ctx, queue, head, who)
  return tree !== undefined && ctx.store.attempts.inTree(tree.name) !== undefined
}

/**
 * Whether the tree that a task needs is free for it: one that was given back goes to the runner that has waited longest.
 * @param headOf the task that a runner's lane could begin next
 */
export function findTree(
  ctx: Context,
  queue: Queue,
  head: Claimable,
  who: Who,
  headOf: (runner: StoredRunner) => Claimable | undefined,
): { free: boolean; retry_at: string | null } {
  const tree = treeOf(ctx, queue, head, who)
  if (!tree) return { free: true, retry_at: null }
  if (ctx.store.attempts.inTree(tree.name) !== undefined) return { free: false, retry_at: null }
  const waiting = ctx.store.runners.waiting()
  const mine = waiting.find(it => it.id === who.runner_id)?.waiting_since ?? '~'
  const isBefore = waiting.some(it => {
    if ((it.waiting_since as string) >= mine || !isThere(ctx, it)) return false
    const other = ctx.store.queues.find(it.queue.id)
    const wanted = headOf(it)
    return wanted && other && treeOf(ctx, other, wanted, { runner_id: it.id })?.name === tree.name
  })
  if (!isBefore) return { free: true, retry_at: null }
  return { free: false, retry_at: timestamp(ctx.clock() + askAgainMs) }
}
