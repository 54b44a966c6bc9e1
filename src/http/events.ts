import { Type } from '@sinclair/typebox'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Api } from '../contract/api.ts'
import { invalid } from '../contract/errors.ts'
import type { Event } from '../contract/events.ts'
import { NameOrId, Strict, TaskRef } from '../contract/fields.ts'
import { formatMessage } from '../contract/sse.ts'
import { validate } from '../contract/validate.ts'
import { convert, readQuery } from './request.ts'
import type { Streams } from './streams.ts'

export const EventsInput = Strict({
  after: Type.Optional(
    Type.Integer({
      minimum: 0,
      description: 'seq of the last event seen; without it, only what happens from now on',
    }),
  ),
  queue_id: Type.Optional(NameOrId),
  task_id: Type.Optional(TaskRef),
})

export const eventsPath = '/api/events'
const headers = { 'Content-Type': 'text/event-stream; charset=utf-8', 'X-Accel-Buffering': 'no' }

/**
 * `GET /api/events`: the audit log as it grows. First comes `hello`, whose id is where the stream starts: a client that
 * has read it and reconnects with `Last-Event-ID` misses nothing. `reset` comes before it when the id the client gave is
 * not one that the log can go on from.
 */
export function addEvents(
  app: FastifyInstance,
  { api, streams, heartbeatMs }: { api: Api; streams: Streams; heartbeatMs: number },
): void {
  app.get(eventsPath, async (request, reply) => {
    const input = convert(EventsInput, readQuery(request.url))
    validate(EventsInput, input, 'The request')
    const { queue_id, task_id } = input as { queue_id?: string; task_id?: string }
    // Where it starts is settled before anything else is awaited: that is the client's "now".
    const start = await findStart(api, lastSeen(request) ?? (input.after as number | undefined))
    const queue = queue_id === undefined ? undefined : (await api.getQueue({ id: queue_id })).queue.id
    const task = task_id === undefined ? undefined : (await api.getTask({ id: task_id })).task.id
    const isWanted = (event: Event) =>
      (queue === undefined || event.queue_id === queue) && (task === undefined || event.task_id === task)
    const heartbeat = { everyMs: heartbeatMs, text: ': still here\n\n' }
    return streams.send(request, reply, { headers, heartbeat }, signal => tell(api, start, isWanted, signal))
  })
}

type Start = { seq: number; lost?: number }

async function* tell(api: Api, start: Start, isWanted: (event: Event) => boolean, signal: AbortSignal) {
  const { seq, lost } = start
  yield ': connected\nretry: 1000\n\n'
  if (lost !== undefined) yield formatMessage({ id: seq, event: 'reset', data: { seq, lost } })
  yield formatMessage({ id: seq, event: 'hello', data: { seq } })
  for await (const event of api.watchEvents({ after: seq, signal })) {
    if (isWanted(event)) yield formatMessage({ id: event.seq, event: event.event, data: event })
  }
}

function lastSeen({ headers: { 'last-event-id': id } }: FastifyRequest): number | undefined {
  if (id === undefined || id === '') return undefined
  if (/^\d{1,15}$/.test(String(id))) return Number(id)
  throw invalid('Last-Event-ID is not the id of an event: it is a whole number.')
}

/** The log goes on from `after`, unless that lies before what is kept or behind what there is (another database). */
async function findStart(api: Api, after: number | undefined): Promise<Start> {
  const newest = await api.listEvents({ limit: 1 })
  const last = newest.events[0]?.seq ?? 0
  if (after === undefined) return { seq: last }
  if (after > last) return { seq: last, lost: after }
  if (after === 0) return { seq: 0 }
  const [oldest] = (await api.listEvents({ after: 0, limit: 1 })).events
  return oldest && after < oldest.seq - 1 ? { seq: last, lost: after } : { seq: after }
}
