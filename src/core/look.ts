import type { Queue } from '../contract/queues.ts'
import type { ClaimRefusal, Task } from '../contract/tasks.ts'
import { timestamp } from '../contract/time.ts'
import type { Claimable } from '../store/tasks.ts'
import type { Context } from './context.ts'
import { findQueue } from './find.ts'
import { findPlace } from './places.ts'
import { shortage } from './space.ts'

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
  const look = lookInLine(ctx, queue, looker.tools)
  if (look.none_because !== null) return look
  // What holds all lanes comes after what holds this one: who is refused here has work that it could begin.
  if ((looker.executes || looker.runner_id !== undefined) && shortage(ctx))
    return refused('no_space', null, look.head)
  const place = findPlace(
    ctx,
    looker.runner_id,
    runner => lookInLine(ctx, findQueue(ctx, runner.queue.id), undefined).none_because === null,
  )
  return place.free ? look : refused('max_running', place.retry_at, look.head)
}

/** Whether a queued task cannot begin yet by itself: it waits for a time or an answer. */
export function mustWait(task: Pick<Task, 'wait_reason' | 'not_before'>, now: string): boolean {
  return task.wait_reason === 'question' || (task.not_before ?? '') > now
}

/** What the lane itself says, whatever goes on in others. */
function lookInLine(ctx: Context, queue: Queue, tools: readonly string[] | undefined): Look {
  if (queue.status !== 'active')
    return refused('not_active', queue.status === 'idle' ? queue.resume_at : null)
  // One time for all of it: what is due between two looks at the clock would be neither taken nor waited for.
  const now = timestamp(ctx.clock())
  const head = ctx.store.tasks.nextClaimable(queue.id, queue.settings.on_wait, now)
  const due = () => ctx.store.tasks.nextDue(queue.id, now)
  if (!head) return queue.counts.queued === 0 ? refused('empty', null) : refused('delayed', due())
  if (mustWait(head, now)) return refused('waiting', due(), head)
  if (tools && !tools.includes(head.tool_name)) return refused('other_tool', null, head)
  return { head, none_because: null, retry_at: null }
}

const refused = (none_because: ClaimRefusal, retry_at: string | null, head?: Claimable): Look => ({
  head,
  none_because,
  retry_at,
})
