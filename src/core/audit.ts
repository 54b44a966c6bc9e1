import type { Input, Output } from '../contract/api.ts'
import type { Event } from '../contract/events.ts'
import type { Context } from './context.ts'
import { findQueue, findTaskId } from './find.ts'
import { readPage } from './paging.ts'

export function listEvents(ctx: Context, input: Input<'listEvents'> = {}): Output<'listEvents'> {
  const page = readPage(input)
  const { rows, last } = ctx.store.audit.list({
    ...page,
    task_id: input.task_id === undefined ? undefined : findTaskId(ctx, input.task_id),
    queue_id: input.queue_id === undefined ? undefined : findQueue(ctx, input.queue_id).id,
    event: input.event,
    after: input.after,
  })
  return {
    events: rows,
    next_cursor: rows.length < page.limit || input.after !== undefined ? null : String(last),
  }
}

/** How many rows are read at a time while catching up. */
const batch = 200

/**
 * The audit log as it grows. `subscribe` calls back whenever something may have been committed; every wake-up reads on
 * from the last row seen, so nothing is lost between two of them.
 */
export async function* followEvents(
  ctx: Context,
  subscribe: (wake: () => void) => () => void,
  { after, signal }: { after?: number; signal: AbortSignal },
): AsyncGenerator<Event> {
  let seq = after ?? ctx.store.audit.last()
  let wake: () => void = () => {}
  let dirty = true
  const unsubscribe = subscribe(() => {
    dirty = true
    wake()
  })
  signal.addEventListener('abort', () => wake(), { once: true })
  try {
    while (!signal.aborted) {
      while (dirty && !signal.aborted) {
        dirty = false
        const events = ctx.store.audit.after(seq, batch)
        if (events.length === batch) dirty = true
        for (const event of events) {
          seq = event.seq
          yield event
          if (signal.aborted) return
        }
      }
      if (signal.aborted) return
      await new Promise<void>(resolve => {
        wake = resolve
        if (dirty) resolve()
      })
    }
  } finally {
    unsubscribe()
  }
}
