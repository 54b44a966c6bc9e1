import type { Queue } from '../contract/queues.ts'
import type { ClaimRefusal, Task } from '../contract/tasks.ts'
import { timestamp } from '../contract/time.ts'
import type { StoredRunner } from '../store/runners.ts'
import type { Claimable } from '../store/tasks.ts'
import type { Context } from './context.ts'
import { findQueue } from './find.ts'
import { findPlace } from './places.ts'
import { closedTools } from './providers.ts'
import { shortage } from './space.ts'
import { findTree, isTreeHeld } from './trees.ts'

/**
 * Who looks: whether it is a runner, which needs room on the disk, and which one, as it may have waited for a place; and
 * for which tools, any where it names none.
 */
export type Looker = {
  executes?: boolean
  runner_id?: string | undefined
  tools?: readonly string[] | undefined
}

/** `head`: the first in line, also where it cannot be taken; undefined when there is none. */
export type Look =
  | { head: Claimable; none_because: null; retry_at: null }
  | { head: Claimable | undefined; none_because: ClaimRefusal; retry_at: string | null }

/**
 * What a claim takes now; or why nothing, and when that may be different by itself. Claim, peek and why all look here:
 * a reason not to begin a task is a line in this function or in `lookInLine`.
 */
export function lookAt(ctx: Context, queue: Queue, looker: Looker = {}): Look {
  const look = lookInLine(ctx, queue, looker)
  if (look.none_because !== null) return look
  // What holds all lanes comes after what holds this one: who is refused here has work that it could begin.
  if (isRunner(looker) && shortage(ctx)) return refused('no_space', null, look.head)
  const tree = findTree(ctx, queue, look.head, looker, runner => headOf(ctx, runner))
  if (!tree.free) return refused('tree_busy', tree.retry_at, look.head)
  const place = findPlace(ctx, looker.runner_id, runner => canBegin(ctx, runner))
  return place.free ? look : refused('max_running', place.retry_at, look.head)
}

/** Whether a lane stands still for what others do, and not for its own: what is free goes to who waits longest. */
export const waitsForOthers = ({ none_because }: Look): boolean =>
  none_because === 'max_running' || none_because === 'tree_busy'

const isRunner = ({ executes, runner_id }: Looker): boolean => executes === true || runner_id !== undefined

/** The first in line of a runner's lane, if that could be begun but for what others do. */
function headOf(ctx: Context, runner: StoredRunner): Claimable | undefined {
  const queue = findQueue(ctx, runner.queue.id)
  const look = lookInLine(ctx, queue, { runner_id: runner.id })
  return look.none_because === null ? look.head : undefined
}

function canBegin(ctx: Context, runner: StoredRunner): boolean {
  const head = headOf(ctx, runner)
  if (!head) return false
  return !isTreeHeld(ctx, findQueue(ctx, runner.queue.id), head, { runner_id: runner.id })
}

/** Whether a queued task cannot begin yet by itself: it waits for a time or an answer. */
export function mustWait(task: Pick<Task, 'wait_reason' | 'not_before'>, now: string): boolean {
  return task.wait_reason === 'question' || (task.not_before ?? '') > now
}

/** What the lane itself says, whatever goes on in others. */
function lookInLine(ctx: Context, queue: Queue, looker: Looker): Look {
  if (queue.status !== 'active')
    return refused('not_active', queue.status === 'idle' ? queue.resume_at : null)
  // One time for all of it: what is due between two looks at the clock would be neither taken nor waited for.
  const now = timestamp(ctx.clock())
  // What a worker outside works with is not known.
  const closed = isRunner(looker) ? closedTools(ctx) : noTools
  const { on_wait } = queue.settings
  const next = (passed: readonly string[]) => ctx.store.tasks.nextClaimable(queue.id, on_wait, now, passed)
  const head = on_wait === 'skip' && closed.size > 0 ? (next([...closed.keys()]) ?? next([])) : next([])
  const due = () => ctx.store.tasks.nextDue(queue.id, now)
  if (!head) return queue.counts.queued === 0 ? refused('empty', null) : refused('delayed', due())
  if (mustWait(head, now)) return refused('waiting', due(), head)
  if (looker.tools && !looker.tools.includes(head.tool_name)) return refused('other_tool', null, head)
  const until = closed.get(head.tool_name)
  if (until !== undefined) return refused('provider', until, head)
  return { head, none_because: null, retry_at: null }
}

const noTools: ReadonlyMap<string, string | null> = new Map()

const refused = (none_because: ClaimRefusal, retry_at: string | null, head?: Claimable): Look => ({
  head,
  none_because,
  retry_at,
})
