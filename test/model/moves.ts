import type { QueueStatus } from '../../src/contract/queues.ts'
import { type Model, type ModelQueue, noteQueue, refuse, stamp } from './state.ts'

/** Doing twice what is done is a conflict, as is what the state does not allow. */
export function move(
  model: Model,
  queue: ModelQueue,
  to: QueueStatus,
  from: QueueStatus[],
  event: Parameters<typeof noteQueue>[2],
  data: unknown = null,
) {
  if (!from.includes(queue.status)) refuse('conflict')
  noteQueue(model, queue, event, { from_status: queue.status, to_status: to, data })
  Object.assign(queue, { status: to, updated_at: stamp(model.now) })
}

export function pause(
  model: Model,
  queue: ModelQueue,
  reason: string | null,
  resume_at: string | null,
  paused_by = 'test',
) {
  move(model, queue, 'idle', ['active'], 'queue.paused', { reason, resume_at })
  Object.assign(queue, { pause_reason: reason, paused_by, resume_at })
}

export function resume(model: Model, queue: ModelQueue) {
  move(model, queue, 'active', ['idle'], 'queue.resumed')
  Object.assign(queue, unpaused)
}

export const unpaused = { pause_reason: null, paused_by: null, resume_at: null }
