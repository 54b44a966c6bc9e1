import type { Input, Output } from '../contract/api.ts'
import { conflict } from '../contract/errors.ts'
import { newId } from '../contract/ids.ts'
import type { Session } from '../contract/sessions.ts'
import { timestamp } from '../contract/time.ts'
import { newest } from '../store/listing.ts'
import { type Context, change } from './context.ts'
import { findSession } from './find.ts'
import { cleanName, nameKey } from './names.ts'
import { nextCursor, readPage } from './paging.ts'
import { endQueueNow, removeQueue, stopRunningIn } from './queues.ts'

export function listSessions(ctx: Context, input: Input<'listSessions'> = {}): Output<'listSessions'> {
  const page = readPage(input)
  const { rows, last } = ctx.store.sessions.list({ ...page, status: input.status })
  return { sessions: rows, next_cursor: nextCursor(rows, last, page.limit) }
}

export function createSession(ctx: Context, input: Input<'createSession'>): Output<'createSession'> {
  const name = cleanName(input.name, 'session')
  return change(ctx, () => {
    refuseTaken(ctx, name)
    const id = newId('session')
    const project_id = ctx.store.projects.get()?.id as string
    const now = timestamp(ctx.clock())
    ctx.store.sessions.insert({
      id,
      project_id,
      name,
      name_key: nameKey(name),
      instructions: input.instructions ?? null,
      now,
    })
    const session = findSession(ctx, id)
    note(ctx, session, 'session.created', { name })
    return { session }
  })
}

export function getSession(ctx: Context, { id }: Input<'getSession'>): Output<'getSession'> {
  return { session: findSession(ctx, id) }
}

export function updateSession(ctx: Context, input: Input<'updateSession'>): Output<'updateSession'> {
  return change(ctx, () => {
    const session = findSession(ctx, input.id)
    const name = input.name === undefined ? session.name : cleanName(input.name, 'session')
    if (nameKey(name) !== nameKey(session.name)) refuseTaken(ctx, name)
    const instructions = input.instructions === undefined ? session.instructions : input.instructions
    ctx.store.sessions.update(session.id, {
      name,
      name_key: nameKey(name),
      instructions,
      now: timestamp(ctx.clock()),
    })
    note(ctx, session, 'session.updated', { name })
    return { session: findSession(ctx, session.id) }
  })
}

export async function endSession(ctx: Context, input: Input<'endSession'>): Promise<Output<'endSession'>> {
  const { id } = findSession(ctx, input.id)
  await stopRunningIn(ctx, queuesOf(ctx, id), input.cancel_running ?? false)
  return change(ctx, () => {
    const session = findSession(ctx, id)
    if (!ctx.store.sessions.end(id, timestamp(ctx.clock()))) {
      throw conflict(`Session "${session.name}" is ended already.`, 'sparkq session list')
    }
    for (const queue of queuesOf(ctx, id)) endQueueNow(ctx, queue)
    note(ctx, session, 'session.ended')
    return { session: findSession(ctx, id) }
  })
}

export async function deleteSession(
  ctx: Context,
  input: Input<'deleteSession'>,
): Promise<Output<'deleteSession'>> {
  const session = findSession(ctx, input.id)
  await stopRunningIn(ctx, queuesOf(ctx, session.id), input.cancel_running ?? false)
  const cleanUps = change(ctx, () => {
    const removals = queuesOf(ctx, session.id).map(queue => removeQueue(ctx, queue))
    ctx.store.sessions.remove(session.id)
    note(ctx, session, 'session.deleted', { name: session.name })
    return removals
  })
  for (const cleanUp of cleanUps) cleanUp()
  return { session }
}

function queuesOf(ctx: Context, session_id: string) {
  return ctx.store.queues.list({ session_id, archived: true, limit: newest, before: newest }).rows
}

function refuseTaken(ctx: Context, name: string): void {
  if (ctx.store.sessions.find(nameKey(name))) {
    throw conflict(`There is a session "${name}" already.`, 'sparkq session list')
  }
}

function note(
  ctx: Context,
  session: Session,
  event: 'session.created' | 'session.updated' | 'session.ended' | 'session.deleted',
  data?: unknown,
): void {
  ctx.store.audit.append({
    at: timestamp(ctx.clock()),
    event,
    actor: ctx.actor,
    session_id: session.id,
    data,
  })
}
