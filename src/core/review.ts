import type { Input, Output } from '../contract/api.ts'
import { invalid } from '../contract/errors.ts'
import type { Review, ReviewedLane, ReviewMark } from '../contract/review.ts'
import { timestamp } from '../contract/time.ts'
import type { LaneRow, ToReview, Whose } from '../store/review.ts'
import { type Context, change } from './context.ts'
import { findQueue, findSession } from './find.ts'
import { readTime } from './time-input.ts'

export function getReview(ctx: Context, input: Input<'getReview'> = {}): Output<'getReview'> {
  const { store } = ctx
  const whose = {
    queue_id: input.queue_id === undefined ? null : findQueue(ctx, input.queue_id).id,
    session_id: input.session_id === undefined ? null : findSession(ctx, input.session_id).id,
  }
  const asked = readTime(input.since)
  const mark = readMark(ctx)
  const after = asked === null ? (mark?.seq ?? 0) : store.audit.before(asked)
  const filter = { ...whose, after: asked === null ? null : after, others: input.all ? after : null }
  return {
    review: {
      since: asked ?? mark?.at ?? null,
      to_review: store.review.count(filter),
      ...happened(ctx, whose, after),
    },
    ...page(ctx, filter, input),
  }
}

/** Moves the mark; it never goes back. Decisions that are still open stay so. */
export function closeReview(ctx: Context, input: Input<'closeReview'> = {}): Output<'closeReview'> {
  return change(ctx, () => {
    const { store } = ctx
    const previous = readMark(ctx)
    const last = store.audit.last()
    const seq = Math.min(input.upto ?? last, last)
    if (previous && previous.seq >= seq) return { mark: previous, previous }
    const now = timestamp(ctx.clock())
    // The look was before whatever it did not see.
    const mark = { seq, at: store.audit.after(seq, 1)[0]?.at ?? now }
    store.meta.set(markKey, JSON.stringify(mark))
    store.audit.append({
      at: now,
      event: 'review.closed',
      actor: ctx.actor,
      data: { upto: seq, since: previous?.at ?? null },
    })
    return { mark, previous }
  })
}

const markKey = 'review.mark'

function readMark({ store }: Context): ReviewMark | null {
  const text = store.meta.get(markKey)
  return text === undefined ? null : JSON.parse(text)
}

type Counts = Pick<
  Review,
  'succeeded' | 'failed' | 'cancelled' | 'work_seconds' | 'cost_usd' | 'queued' | 'running' | 'waiting'
>
const counted = [
  ...(['succeeded', 'failed', 'cancelled', 'work_seconds', 'cost_usd'] as const),
  ...(['queued', 'running', 'waiting'] as const),
]

function happened({ store }: Context, whose: Whose, after: number) {
  const upto = store.audit.last()
  const lanes = store.review
    .lanes({ ...whose, after, upto })
    .filter(isNews)
    .map(toLane)
  const sum = (key: (typeof counted)[number]): number =>
    round(
      lanes.reduce((n, lane) => n + lane[key], 0),
      key,
    )
  return { upto, ...(Object.fromEntries(counted.map(key => [key, sum(key)])) as Counts), lanes }
}

const isNews = ({ status, ...lane }: LaneRow): boolean =>
  counted.some(key => lane[key] > 0) || (status === 'idle' && lane.pause_reason !== null)

function toLane({ id, name, status, pause_reason, resume_at, ...counts }: LaneRow): ReviewedLane {
  return {
    queue: { id, name, status, pause_reason, resume_at },
    ...counts,
    work_seconds: round(counts.work_seconds, 'work_seconds'),
    cost_usd: round(counts.cost_usd, 'cost_usd'),
  }
}

/** Seconds to the millisecond; of money a millionth of a dollar is kept, as sums of fractions would show more. */
function round(number: number, key: (typeof counted)[number]): number {
  const part = key === 'cost_usd' ? 1_000_000 : 1000
  return Math.round(number * part) / part
}

function page({ store }: Context, filter: ToReview, { limit = 100, cursor }: Input<'getReview'>) {
  const rows = store.review.list(filter, readCursor(cursor), limit)
  const last = rows.at(-1)
  return {
    tasks: store.tasks.getMany(rows.map(row => row.id)),
    next_cursor: last === undefined || rows.length < limit ? null : `${last.finished_at}/${last.seq}`,
  }
}

/** When the last task of the page before finished, and which it was. */
function readCursor(cursor: string | undefined): { finished_at: string; seq: number } {
  if (cursor === undefined) return { finished_at: '', seq: 0 }
  const [finished_at, seq] = cursor.split('/') as [string, string | undefined]
  if (!/^\d{1,15}$/.test(seq ?? '')) throw invalid('cursor is not one that a review has answered.')
  return { finished_at, seq: Number(seq) }
}
