import type { Input } from '../../src/contract/api.ts'
import type { QueueSettings, QueueStatus } from '../../src/contract/queues.ts'
import { cancelRunning, endAsCancelled } from './endings.ts'
import { move, pause, resume, unpaused } from './moves.ts'
import {
  cleanName,
  type Model,
  type ModelQueue,
  type ModelSession,
  note,
  noteQueue,
  queueOf,
  readTime,
  refuseIf,
  refuseTaken,
  runningIn,
  sessionOf,
  stamp,
  tasksIn,
} from './state.ts'
import { queueView, sessionView } from './views.ts'

/** SPEC 4: sessions and queues. `fresh` is the id that the real one was given. */

export function createSession(model: Model, input: Input<'createSession'>, fresh: string) {
  const name = cleanName(input.name)
  refuseTaken(model.sessions, name)
  const at = stamp(model.now)
  const session: ModelSession = {
    ...{ id: fresh, name, instructions: input.instructions ?? null, status: 'active' },
    ...{ created_at: at, updated_at: at, ended_at: null },
  }
  model.sessions.push(session)
  noteSession(model, session, 'session.created', { name })
  return { session: sessionView(model, session) }
}

export function updateSession(model: Model, input: Input<'updateSession'>) {
  const session = sessionOf(model, input.id)
  const name = input.name === undefined ? session.name : cleanName(input.name)
  refuseTaken(model.sessions, name, session)
  Object.assign(session, { name, updated_at: stamp(model.now) })
  noteSession(model, session, 'session.updated', { name })
  return { session: sessionView(model, session) }
}

export function endSession(model: Model, input: Input<'endSession'>) {
  const session = sessionOf(model, input.id)
  const queues = model.queues.filter(it => it.session === session)
  clearForEnd(model, queues, input.cancel_running)
  refuseIf(session.status === 'ended', 'conflict')
  for (const queue of queues) if (lastingStatus(queue) !== 'ended') end(model, queue)
  Object.assign(session, { status: 'ended', ended_at: stamp(model.now), updated_at: stamp(model.now) })
  noteSession(model, session, 'session.ended')
  return { session: sessionView(model, session) }
}

export function deleteSession(model: Model, input: Input<'deleteSession'>) {
  const session = sessionOf(model, input.id)
  const answer = { session: sessionView(model, session) }
  const queues = model.queues.filter(it => it.session === session)
  clearForEnd(model, queues, input.cancel_running)
  for (const queue of queues) remove(model, queue)
  model.sessions = model.sessions.filter(it => it !== session)
  model.gone.sessions.push(session)
  noteSession(model, session, 'session.deleted', { name: session.name })
  return answer
}

export function createQueue(model: Model, input: Input<'createQueue'>, fresh: string) {
  const name = cleanName(input.name)
  const session = sessionOf(model, input.session_id)
  refuseIf(session.status === 'ended', 'conflict')
  refuseTaken(model.queues, name)
  const at = stamp(model.now)
  const queue: ModelQueue = {
    ...{ id: fresh, name, task_prefix: prefixFor(model, name), session },
    ...{ instructions: input.instructions ?? null, status: input.status ?? 'active' },
    ...{ pause_reason: null, paused_by: null, resume_at: null, settings: input.settings ?? {} },
    ...{ created_at: at, updated_at: at, ended_at: null, archived_at: null },
    ...{ archivedFrom: null, lastNumber: 0, order: [] },
  }
  model.queues.push(queue)
  noteQueue(model, queue, 'queue.created', { to_status: queue.status, data: { name } })
  return { queue: queueView(model, queue) }
}

export function updateQueue(model: Model, input: Input<'updateQueue'>) {
  const queue = queueOf(model, input.id)
  const name = input.name === undefined ? queue.name : cleanName(input.name)
  refuseTaken(model.queues, name, queue)
  const wanted = Object.entries({ ...queue.settings, ...input.settings }).filter(([, it]) => it !== null)
  const settings = Object.fromEntries(wanted) as QueueSettings
  Object.assign(queue, { name, settings, updated_at: stamp(model.now) })
  noteQueue(model, queue, 'queue.updated', { data: { name, settings } })
  return { queue: queueView(model, queue) }
}

export function pauseQueue(model: Model, input: Input<'pauseQueue'>) {
  const queue = queueOf(model, input.id)
  pause(model, queue, input.reason?.trim() || null, readTime(input.resume_at))
  return { queue: queueView(model, queue) }
}

export function resumeQueue(model: Model, input: Input<'resumeQueue'>) {
  const queue = queueOf(model, input.id)
  resume(model, queue)
  return { queue: queueView(model, queue) }
}

export function activateQueue(model: Model, input: Input<'activateQueue'>) {
  const queue = queueOf(model, input.id)
  move(model, queue, 'active', ['planned', 'idle'], 'queue.activated')
  Object.assign(queue, unpaused)
  return { queue: queueView(model, queue) }
}

export function endQueue(model: Model, input: Input<'endQueue'>) {
  const queue = queueOf(model, input.id)
  clearForEnd(model, [queue], input.cancel_running)
  refuseIf(queue.status === 'ended' || queue.status === 'archived', 'conflict')
  end(model, queue)
  return { queue: queueView(model, queue) }
}

export function archiveQueue(model: Model, input: Input<'archiveQueue'>) {
  const queue = queueOf(model, input.id)
  refuseIf(runningIn(model, queue).length > 0, 'conflict')
  const archivedFrom = queue.status
  move(model, queue, 'archived', ['planned', 'active', 'idle', 'ended'], 'queue.archived')
  Object.assign(queue, { archivedFrom, archived_at: stamp(model.now) })
  return { queue: queueView(model, queue) }
}

export function unarchiveQueue(model: Model, input: Input<'unarchiveQueue'>) {
  const queue = queueOf(model, input.id)
  move(model, queue, queue.archivedFrom ?? 'active', ['archived'], 'queue.unarchived')
  Object.assign(queue, { archivedFrom: null, archived_at: null })
  return { queue: queueView(model, queue) }
}

export function deleteQueue(model: Model, input: Input<'deleteQueue'>) {
  const queue = queueOf(model, input.id)
  const answer = { queue: queueView(model, queue) }
  clearForEnd(model, [queue], input.cancel_running)
  remove(model, queue)
  return answer
}

/** The state a queue is in, or has below its archiving. */
const lastingStatus = (queue: ModelQueue): QueueStatus => queue.archivedFrom ?? queue.status

/** Ends a queue; an archived one stays so, and is ended when it is brought back. */
function end(model: Model, queue: ModelQueue) {
  const at = stamp(model.now)
  const isArchived = queue.status === 'archived'
  const to = isArchived ? 'archived' : 'ended'
  noteQueue(model, queue, 'queue.ended', { from_status: queue.status, to_status: to })
  Object.assign(queue, { status: to, ended_at: at, updated_at: at })
  if (isArchived) queue.archivedFrom = 'ended'
  Object.assign(queue, unpaused)
  for (const task of queue.order) {
    if (task.status === 'queued') endAsCancelled(model, task, `Its queue "${queue.name}" was ended.`)
  }
}

/** What runs is a conflict, unless it is to be cancelled: then the lane is paused first. */
function clearForEnd(model: Model, queues: ModelQueue[], cancel = false) {
  const running = queues.flatMap(queue => runningIn(model, queue))
  refuseIf(running.length > 0 && !cancel, 'conflict')
  if (running.length === 0) return
  for (const queue of queues) {
    if (queue.status === 'active') pause(model, queue, 'It is being ended.', null)
  }
  for (const task of running) cancelRunning(model, task)
}

function remove(model: Model, queue: ModelQueue) {
  noteQueue(model, queue, 'queue.deleted', { from_status: queue.status, data: { name: queue.name } })
  model.gone.tasks.push(...tasksIn(model, queue))
  model.tasks = model.tasks.filter(it => it.queue !== queue)
  model.runners = model.runners.filter(it => it.queue !== queue)
  model.queues = model.queues.filter(it => it !== queue)
  model.gone.queues.push(queue)
}

function prefixFor(model: Model, name: string): string {
  const word =
    name
      .toUpperCase()
      .replace(/[^A-Z0-9]+/g, '-')
      .replace(/^-|-$/g, '') || 'QUEUE'
  const words = ['', ...Array.from({ length: 99 }, (_, n) => String(n + 2))].map(it => word + it)
  const taken = model.queues.map(it => it.task_prefix)
  return words.find(it => !taken.includes(it)) as string
}

function noteSession(
  model: Model,
  session: ModelSession,
  event: Parameters<typeof note>[1],
  data: unknown = null,
) {
  note(model, event, { session_id: session.id, data })
}
