import fs from 'node:fs'
import { taskFolder } from '../attempt-files/paths.ts'
import type { Input, Output } from '../contract/api.ts'
import { conflict, invalid } from '../contract/errors.ts'
import { newId } from '../contract/ids.ts'
import { didYouMean } from '../contract/nearest.ts'
import type { Queue, QueueSettings } from '../contract/queues.ts'
import { shellQueue } from '../contract/shell-word.ts'
import { timestamp } from '../contract/time.ts'
import { cancelAndWait } from './cancel.ts'
import { type Context, change } from './context.ts'
import { failQueued } from './endings.ts'
import { findQueue, findSession, getTask } from './find.ts'
import { cleanName, nameKey, taskPrefix } from './names.ts'
import { nextCursor, readPage } from './paging.ts'
import { pause, unpaused } from './pausing.ts'
import { noteQueue, stepQueue } from './transitions.ts'

export function listQueues(ctx: Context, input: Input<'listQueues'> = {}): Output<'listQueues'> {
  const page = readPage(input)
  const session_id = input.session_id === undefined ? undefined : findSession(ctx, input.session_id).id
  const { rows, last } = ctx.store.queues.list({
    ...page,
    session_id,
    status: input.status,
    archived: input.archived,
  })
  return { queues: rows, next_cursor: nextCursor(rows, last, page.limit) }
}

export function createQueue(ctx: Context, input: Input<'createQueue'>): Output<'createQueue'> {
  const name = cleanName(input.name, 'queue')
  return change(ctx, () => {
    const session = findSession(ctx, input.session_id)
    if (session.status === 'ended') {
      throw conflict(
        `Session "${session.name}" is ended: it takes no new queue.`,
        'sparkq session create NAME',
      )
    }
    refuseTaken(ctx, name)
    if (input.settings) refuseUnknownTool(ctx, input.settings)
    const id = newId('queue')
    ctx.store.queues.insert({
      id,
      session_id: session.id,
      name,
      name_key: nameKey(name),
      task_prefix: taskPrefix(name, ctx.store.queues.hasPrefix),
      instructions: input.instructions ?? null,
      status: input.status ?? 'active',
      settings: JSON.stringify(input.settings ?? {}),
      now: timestamp(ctx.clock()),
    })
    const queue = findQueue(ctx, id)
    noteQueue(ctx, queue, { event: 'queue.created', to_status: queue.status, data: { name } })
    return { queue }
  })
}

export function getQueueAnswer(ctx: Context, { id }: Input<'getQueue'>): Output<'getQueue'> {
  return { queue: findQueue(ctx, id) }
}

export function updateQueue(ctx: Context, input: Input<'updateQueue'>): Output<'updateQueue'> {
  return change(ctx, () => {
    const queue = findQueue(ctx, input.id)
    const name = input.name === undefined ? queue.name : cleanName(input.name, 'queue')
    if (nameKey(name) !== nameKey(queue.name)) refuseTaken(ctx, name)
    const settings = patch(queue.settings, (input.settings ?? {}) as Record<string, unknown>)
    if (input.settings) refuseUnknownTool(ctx, settings)
    ctx.store.queues.update(queue.id, {
      name,
      name_key: nameKey(name),
      instructions: input.instructions === undefined ? queue.instructions : input.instructions,
      settings: JSON.stringify(settings),
      now: timestamp(ctx.clock()),
    })
    noteQueue(ctx, queue, { event: 'queue.updated', data: { name, settings } })
    return { queue: findQueue(ctx, queue.id) }
  })
}

export async function endQueue(ctx: Context, input: Input<'endQueue'>): Promise<Output<'endQueue'>> {
  const { id } = findQueue(ctx, input.id)
  await stopRunningIn(ctx, [findQueue(ctx, id)], input.cancel_running ?? false)
  return change(ctx, () => {
    const queue = findQueue(ctx, id)
    refuseRunning(queue, 'ended')
    const ended = stepQueue(ctx, queue, 'end', {
      set: { ...unpaused, ended_at: timestamp(ctx.clock()) },
      note: { event: 'queue.ended' },
    })
    cancelQueued(ctx, ended)
    return { queue: findQueue(ctx, id) }
  })
}

/** Ends a queue of an ending session, whatever state it is in; call it inside a transaction. */
export function endQueueNow(ctx: Context, queue: Queue): void {
  refuseRunning(queue, 'ended')
  const ended_at = timestamp(ctx.clock())
  if (queue.status === 'archived') {
    if (ctx.store.queues.archivedFrom(queue.id) === 'ended') return
    const set = { ...unpaused, archived_from: 'ended', ended_at } as const
    ctx.store.queues.transition(queue.id, 'archived', ['archived'], set, ended_at)
    noteQueue(ctx, queue, { event: 'queue.ended', from_status: 'archived', to_status: 'archived' })
  } else if (queue.status !== 'ended') {
    stepQueue(ctx, queue, 'end', { set: { ...unpaused, ended_at }, note: { event: 'queue.ended' } })
  }
  cancelQueued(ctx, queue)
}

export function archiveQueue(ctx: Context, input: Input<'archiveQueue'>): Output<'archiveQueue'> {
  return change(ctx, () => {
    const queue = findQueue(ctx, input.id)
    refuseRunning(queue, 'archived')
    if (queue.status === 'archived')
      return { queue: stepQueue(ctx, queue, 'archive', never('queue.archived')) }
    const set = { archived_from: queue.status, archived_at: timestamp(ctx.clock()) }
    return { queue: stepQueue(ctx, queue, 'archive', { set, note: { event: 'queue.archived' } }) }
  })
}

export function unarchiveQueue(ctx: Context, input: Input<'unarchiveQueue'>): Output<'unarchiveQueue'> {
  return change(ctx, () => {
    const queue = findQueue(ctx, input.id)
    const to = ctx.store.queues.archivedFrom(queue.id)
    if (to === null) return { queue: stepQueue(ctx, queue, 'unarchive', never('queue.unarchived')) }
    const set = { archived_from: null, archived_at: null }
    return { queue: stepQueue(ctx, queue, 'unarchive', { to, set, note: { event: 'queue.unarchived' } }) }
  })
}

export async function deleteQueue(ctx: Context, input: Input<'deleteQueue'>): Promise<Output<'deleteQueue'>> {
  const queue = findQueue(ctx, input.id)
  await stopRunningIn(ctx, [queue], input.cancel_running ?? false)
  const cleanUp = change(ctx, () => removeQueue(ctx, findQueue(ctx, queue.id)))
  cleanUp()
  return { queue }
}

/** Deletes a queue with its tasks. @returns what removes their output, for after the commit */
export function removeQueue(ctx: Context, queue: Queue): () => void {
  refuseRunning(queue, 'deleted')
  const folders = ctx.store.tasks.allIn(queue.id).map(id => taskFolder(ctx.logs, id))
  ctx.store.queues.remove(queue.id)
  noteQueue(ctx, queue, { event: 'queue.deleted', from_status: queue.status, data: { name: queue.name } })
  return () => {
    for (const folder of folders) fs.rmSync(folder, { recursive: true, force: true })
  }
}

/** Cancels what runs in these queues and waits for its end; a conflict when that was not asked for. */
export async function stopRunningIn(ctx: Context, queues: Queue[], cancel: boolean): Promise<void> {
  const running = queues.flatMap(queue => ctx.store.tasks.runningIn(queue.id))
  if (running.length > 0 && !cancel) {
    const names = running.slice(0, 3).map(id => getTask(ctx, id).friendly_id)
    const more = running.length > 3 ? ` and ${running.length - 3} more` : ''
    throw conflict(
      `${names.join(', ')}${more} ${running.length === 1 ? 'is' : 'are'} still running.`,
      `sparkq cancel ${names[0]}`,
    )
  }
  if (running.length === 0) return
  // The lane is held first, or its runner would claim the next task as soon as this one has ended.
  change(ctx, () => {
    for (const { id } of queues) {
      const queue = findQueue(ctx, id)
      if (queue.status === 'active')
        pause(ctx, queue, { by: ctx.actor, reason: 'It is being ended.', resume_at: null })
    }
  })
  await Promise.all(running.map(id => cancelAndWait(ctx, id)))
}

function cancelQueued(ctx: Context, queue: Queue): void {
  for (const id of ctx.store.tasks.queuedIn(queue.id))
    failQueued(ctx, getTask(ctx, id), `Its queue "${queue.name}" was ended.`)
}

function refuseRunning(queue: Queue, what: string): void {
  if (queue.counts.running === 0) return
  throw conflict(
    `Queue "${queue.name}" has a running task: it cannot be ${what} yet.`,
    `sparkq tasks ${shellQueue(queue.name)} --status running`,
  )
}

/** For a step that the state forbids: it is only called to be refused in the usual words. */
function never(event: 'queue.archived' | 'queue.unarchived') {
  return { set: {}, note: { event } }
}

function refuseTaken(ctx: Context, name: string): void {
  if (ctx.store.queues.find(nameKey(name))) {
    throw conflict(
      `There is a queue "${name}" already; a queue's name is unique in the whole project.`,
      'sparkq queue list',
    )
  }
}

function refuseUnknownTool(ctx: Context, { default_tool }: QueueSettings): void {
  if (default_tool === undefined || ctx.store.tools.get(default_tool)) return
  const names = ctx.store.tools.list().map(tool => tool.name)
  throw invalid(`There is no tool "${default_tool}".${didYouMean(default_tool, names)}`, {
    hint: `tools: ${names.join(', ')}`,
    errors: [{ pointer: '/settings/default_tool', detail: 'is not a tool' }],
  })
}

function patch(settings: QueueSettings, changes: Record<string, unknown>): QueueSettings {
  const merged = { ...settings, ...changes }
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null))
}
