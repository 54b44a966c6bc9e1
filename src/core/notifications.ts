import type { Event } from '../contract/events.ts'
import { timestamp } from '../contract/time.ts'
import { type Context, change } from './context.ts'

/** What is told, and how: a thing is told once in each way. */
export type Telling = { event: Event; kind: string; way: string }

/**
 * Decides who of the processes of this machine tells the person what. It is no operation: who could call it from
 * elsewhere could silence the others.
 */
export type Ledger = {
  /** @returns whether the caller is the one to tell it; everyone else gets false, for ever */
  claim(telling: Telling): boolean
  fail(telling: Telling, error: string): void
}

/** How many events a notification is remembered for. What lies further back is no news: nobody may tell it any more. */
const remembered = 5000

export function createLedger(ctx: Context): Ledger {
  const { store, clock } = ctx
  return {
    claim: ({ event: { seq }, kind, way }) =>
      store.transaction(() => {
        const oldest = store.audit.last() - remembered
        if (seq <= oldest) return false
        store.notifications.trim(oldest)
        return store.notifications.insert({ seq, kind: `${kind}/${way}`, at: timestamp(clock()) })
      }),

    fail: ({ event, kind, way }, error) =>
      change(ctx, () => {
        const at = timestamp(clock())
        const { seq, session_id, queue_id, task_id } = event
        store.notifications.fail({ seq, kind: `${kind}/${way}`, at, error })
        store.audit.append({
          ...{ at, event: 'notify.failed', actor: ctx.actor },
          ...{ session_id, queue_id, task_id },
          data: { kind, way, about: seq, error },
        })
      }),
  }
}
