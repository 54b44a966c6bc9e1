import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query'
import type { Input, Output } from '../../src/contract/api.ts'
import { SparkqError } from '../../src/contract/errors.ts'
import type { Event } from '../../src/contract/events.ts'
import type { Queue } from '../../src/contract/queues.ts'
import type { Session } from '../../src/contract/sessions.ts'
import type { Task } from '../../src/contract/tasks.ts'
import { api } from './client.ts'

/** What pages ask for. The first word of a key is its topic (`topics.ts`): events make it old, time does not. */
export const queries = {
  sessions: () => queryOptions({ queryKey: ['sessions'], queryFn: allSessions }),
  /** All of them, oldest first. */
  queues: ({ archived = false } = {}) =>
    queryOptions({ queryKey: ['queues', archived], queryFn: () => allQueues(archived) }),
  queue: (ref: string) =>
    queryOptions({ queryKey: ['queue', ref], queryFn: async () => (await api.getQueue({ id: ref })).queue }),
  next: (id: string) =>
    queryOptions({ queryKey: ['queue', id, 'next'], queryFn: () => api.peekQueue({ id }) }),
  task: (ref: string) =>
    queryOptions({ queryKey: ['task', ref], queryFn: async () => await api.getTask({ id: ref }) }),
  attempts: (id: string) =>
    queryOptions({
      queryKey: ['attempts', id],
      queryFn: async () => (await api.listAttempts({ id })).attempts,
    }),
  /** What an attempt changed; the last one that was looked at, where none is named. */
  patch: (id: string, attempt?: number) =>
    queryOptions({
      queryKey: ['attempts', id, 'patch', attempt],
      queryFn: () => api.getPatch({ id, ...(attempt === undefined ? {} : { attempt }) }),
    }),
  why: (id: string) =>
    queryOptions({ queryKey: ['why', id], queryFn: async () => (await api.explainTask({ id })).why }),
  tasks: (filter: Input<'listTasks'>) =>
    queryOptions({
      queryKey: ['tasks', filter],
      queryFn: async () => (await api.listTasks(filter)).tasks,
      placeholderData: keepPreviousData,
    }),
  /** What finished last, over all lanes or of some. */
  latest: (number: number) =>
    queryOptions({ queryKey: ['latest', number], queryFn: () => latestFinished(number) }),
  review: (filter: Pick<Input<'getReview'> & object, 'session_id'> = {}) =>
    queryOptions({
      queryKey: ['review', filter],
      queryFn: async () => (await api.getReview({ ...filter, limit: 1 })).review,
      placeholderData: keepPreviousData,
    }),
  /** Every task that needs a decision, as many as one answer has, in the order in which they ended; `upto` closes what was shown. */
  toReview: (session: string | undefined) =>
    queryOptions({
      queryKey: ['review', 'tasks', session],
      queryFn: () => api.getReview({ ...(session ? { session_id: session } : {}), limit: 500 }),
      placeholderData: keepPreviousData,
    }),
  /** Those that wait for an answer, the oldest first. */
  questions: () =>
    queryOptions({
      queryKey: ['questions'],
      queryFn: async () => (await api.listQuestions({ open: true, limit: 500 })).questions.toReversed(),
    }),
  runners: () =>
    queryOptions({ queryKey: ['runners'], queryFn: async () => (await api.listRunners()).runners }),
  supervision: () =>
    queryOptions({
      queryKey: ['supervision'],
      queryFn: async () => (await api.getSupervision()).supervision,
    }),
  tools: () => queryOptions({ queryKey: ['tools'], queryFn: async () => (await api.listTools()).tools }),
  prompts: () =>
    queryOptions({
      queryKey: ['prompts'],
      queryFn: () =>
        allPages(async cursor => {
          const { prompts, next_cursor } = await api.listPrompts({ limit: 500, ...cursor })
          return { items: prompts, next_cursor }
        }),
    }),
  /** Of files no event tells: they are looked at anew by each page that shows them. */
  scripts: () =>
    queryOptions({
      queryKey: ['scripts'],
      queryFn: async () => (await api.listScripts()).scripts,
      staleTime: 0,
    }),
  /** It is about the disk, of which no event tells. */
  space: () =>
    queryOptions({
      queryKey: ['space'],
      queryFn: async () => (await api.getHealth()).space,
      refetchInterval: 30_000,
    }),
  version: () =>
    queryOptions({ queryKey: ['version'], queryFn: async () => (await api.getVersion()).version }),
}

export const useQueues = () => useQuery(queries.queues())
export const useSessions = () => useQuery(queries.sessions())

async function allQueues(archived: boolean): Promise<Queue[]> {
  const all = await allPages(async cursor => {
    const { queues, next_cursor } = await api.listQueues({ archived, limit: 500, ...cursor })
    return { items: queues, next_cursor }
  })
  return all.reverse()
}

/** The newest first. */
const allSessions = (): Promise<Session[]> =>
  allPages(async cursor => {
    const { sessions, next_cursor } = await api.listSessions({ limit: 500, ...cursor })
    return { items: sessions, next_cursor }
  })

type Page<T> = { items: T[]; next_cursor: string | null }

async function allPages<T>(read: (cursor: { cursor?: string }) => Promise<Page<T>>): Promise<T[]> {
  const all: T[] = []
  let cursor: { cursor?: string } = {}
  for (;;) {
    const { items, next_cursor } = await read(cursor)
    all.push(...items)
    if (next_cursor === null) return all
    cursor = { cursor: next_cursor }
  }
}

/** Listings go by when a task was queued; the audit log knows in which order they ended. */
async function latestFinished(number: number): Promise<Task[]> {
  const lists = await Promise.all(
    (['task.succeeded', 'task.failed'] as const).map(event => api.listEvents({ event, limit: number })),
  )
  const ends = lists.flatMap(({ events }) => events).sort((a, b) => b.seq - a.seq)
  const ids = [...new Set(ends.map(({ task_id }: Event) => task_id as string))].slice(0, number)
  const found = await Promise.all(ids.map(id => ifAny(api.getTask({ id }))))
  return found.flatMap(it => (it ? [it.task] : []))
}

/** undefined for what has been deleted since. */
async function ifAny(asked: Promise<Output<'getTask'>>): Promise<Output<'getTask'> | undefined> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof SparkqError && error.code === 'not_found') return undefined
    throw error
  }
}
