import { conflict, invalid, notFound } from '../contract/errors.ts'
import { didYouMean } from '../contract/nearest.ts'
import type { Queue } from '../contract/queues.ts'
import type { Session } from '../contract/sessions.ts'
import type { Task } from '../contract/tasks.ts'
import { newest } from '../store/listing.ts'
import type { Context } from './context.ts'
import { nameKey } from './names.ts'

export function findSession({ store }: Context, ref: string): Session {
  const session = store.sessions.find(nameKey(ref))
  if (session) return session
  const names = store.sessions.list({ limit: 500, before: newest }).rows.map(it => it.name)
  throw notFound(`There is no session "${ref}".${didYouMean(ref, names)}`, 'sparkq session list')
}

export function findQueue({ store }: Context, ref: string): Queue {
  const queue = store.queues.find(nameKey(ref))
  if (queue) return queue
  throw notFound(`There is no queue "${ref}".${didYouMean(ref, store.queues.names())}`, 'sparkq queue list')
}

/** @returns the id of the task that `ref` (id, friendly id, unambiguous id prefix) means */
export function findTaskId({ store }: Context, ref: string): string {
  const [id, other] = store.tasks.resolve(ref.trim().normalize('NFC'))
  if (id === undefined) throw notFound(`There is no task "${ref}".`, 'sparkq tasks')
  if (other !== undefined) throw invalid(`"${ref}" is the beginning of more than one id: type more of it.`)
  return id
}

export function findTask(ctx: Context, ref: string): Task {
  return getTask(ctx, findTaskId(ctx, ref))
}

/** A task whose id is known to exist. */
export function getTask({ store }: Context, id: string): Task {
  const task = store.tasks.get(id)
  if (!task) throw conflict(`Task ${id} was deleted meanwhile.`, 'sparkq tasks')
  return task
}
