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

type Reading = { seq: number; dirty: boolean; wake: () => void }

/**
 * The audit log as it grows, from this call on (or after event `after`). `subscribe` calls back whenever something may
 * have been committed; every wake-up reads on from the last row seen, so nothing is lost between two of them.
 */
export function followEvents(
  ctx: Context,
  subscribe: (wake: () => void) => () => void,
  { after, signal }: { after?: number; signal: AbortSignal },
): AsyncGenerator<Event> {
  const reading: Reading = { seq: after ?? ctx.store.audit.last(), dirty: true, wake: () => {} }
  const unsubscribe = subscribe(() => {
    reading.dirty = true
    reading.wake()
  })
  const end = (): void => {
    signal.removeEventListener('abort', end)
    unsubscribe()
    reading.wake()
  }
  signal.addEventListener('abort', end)
  if (signal.aborted) end()
  return read(ctx, reading, signal, end)
}

async function* read(
  ctx: Context,
  reading: Reading,
  signal: AbortSignal,
  end: () => void,
): AsyncGenerator<Event> {
  try {
    while (!signal.aborted) {
      reading.dirty = false
      const events = ctx.store.audit.after(reading.seq, batch)
      // Who hears of an event goes by the configuration of its time.
      if (events.length > 0) ctx.configuration.refresh()
      for (const event of events) {
        reading.seq = event.seq
        yield event
        if (signal.aborted) return
      }
      if (events.length === batch || reading.dirty) continue
      await new Promise<void>(resolve => {
        reading.wake = resolve
        if (reading.dirty || signal.aborted) resolve()
      })
    }
  } finally {
    end()
  }
}
