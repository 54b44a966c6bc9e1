import type { Event, EventName } from '../contract/events.ts'
import type { Database, Row } from './database.ts'
import type { Listing } from './listing.ts'

export type NewEvent = {
  at: string
  event: EventName
  actor: string
  session_id?: string | null
  queue_id?: string | null
  task_id?: string | null
  attempt?: number | null
  from_status?: string | null
  to_status?: string | null
  data?: unknown
}

const insert = `
  INSERT INTO audit_log (at, event, actor, session_id, queue_id, task_id, attempt, from_status, to_status, data)
  VALUES (:at, :event, :actor, :session_id, :queue_id, :task_id, :attempt, :from_status, :to_status, :data)`

export function auditLog({ sql }: Database) {
  return {
    append: (event: NewEvent): void => {
      sql(insert).run({
        at: event.at,
        event: event.event,
        actor: event.actor,
        session_id: event.session_id ?? null,
        queue_id: event.queue_id ?? null,
        task_id: event.task_id ?? null,
        attempt: event.attempt ?? null,
        from_status: event.from_status ?? null,
        to_status: event.to_status ?? null,
        data: event.data === undefined ? null : JSON.stringify(event.data),
      })
    },

    /** In the order they happened, from the one after `seq`. */
    after: (seq: number, limit: number): Event[] =>
      (sql('SELECT * FROM audit_log WHERE seq > ? ORDER BY seq LIMIT ?').all(seq, limit) as Row[]).map(
        toEvent,
      ),

    /** The newest seq ever given; 0 before the first event. */
    last: (): number =>
      Number(sql(`SELECT seq FROM sqlite_sequence WHERE name = 'audit_log'`).get()?.seq ?? 0),

    /** The seq of the last event before that time; 0 when there is none. Reads backwards, as far as it has to. */
    before: (at: string): number =>
      Number(sql('SELECT seq FROM audit_log WHERE at < ? ORDER BY seq DESC LIMIT 1').get(at)?.seq ?? 0),

    /** Gives no seq up to this one any more: a reader elsewhere has seen events of these numbers. */
    skipTo: (seq: number) =>
      sql(`UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = 'audit_log'`).run(seq),

    /** The latest of these events of a lane, if it is among the last thousand. */
    latest: (queue_id: string, events: readonly string[]): Event | undefined => {
      const row = sql(
        `SELECT * FROM (SELECT * FROM audit_log WHERE queue_id = :queue_id ORDER BY seq DESC LIMIT 1000)
         WHERE event IN (SELECT value FROM json_each(:events)) ORDER BY seq DESC LIMIT 1`,
      ).get({ queue_id, events: JSON.stringify(events) })
      return row && toEvent(row as Row)
    },

    list: (
      filter: Listing & {
        task_id?: string | undefined
        queue_id?: string | undefined
        event?: string | undefined
        after?: number | undefined
      },
    ): { rows: Event[]; last: number } => {
      const where = ['seq < :before']
      const values: Row = { before: filter.before, limit: filter.limit }
      for (const key of ['task_id', 'queue_id', 'event'] as const) {
        if (filter[key] === undefined) continue
        where.push(`${key} = :${key}`)
        values[key] = filter[key]
      }
      if (filter.after !== undefined) {
        where.push('seq > :after')
        values.after = filter.after
      }
      const order = filter.after === undefined ? 'DESC' : 'ASC'
      const rows = sql(
        `SELECT * FROM audit_log WHERE ${where.join(' AND ')} ORDER BY seq ${order} LIMIT :limit`,
      ).all(values) as Row[]
      return { rows: rows.map(toEvent), last: Number(rows.at(-1)?.seq ?? 0) }
    },
  }
}

function toEvent(row: Row): Event {
  return { ...row, data: row.data === null ? null : JSON.parse(String(row.data)) } as unknown as Event
}
