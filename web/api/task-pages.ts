import { useEffect, useRef } from 'react'
import type { Input } from '../../src/contract/api.ts'
import { SparkqError } from '../../src/contract/errors.ts'
import type { Task } from '../../src/contract/tasks.ts'
import { type Change, onChange } from './changes.ts'
import { api } from './client.ts'
import { createStore, type Store, useStore } from './store.ts'

export type TaskFilter = Pick<
  Input<'listTasks'> & object,
  'status' | 'queue_id' | 'session_id' | 'tool_name' | 'review' | 'q'
>

/** `tasks`: those read so far, newest first; undefined before the first answer. `added`: how many the last change put before them. */
export type TaskPages = { tasks: Task[] | undefined; isWhole: boolean; added: number; error?: unknown }

export type TaskReader = {
  store: Store<TaskPages>
  more(): Promise<void>
  refresh(change: Change): Promise<void>
}

/** All tasks that a filter lets through, a page at a time as far as they are looked at, kept true by events. */
export function useTaskPages(filter: TaskFilter): TaskPages & { more(): void } {
  const reader = readerOf(filter)
  const state = useStore(reader.store)
  const seen = useRef<TaskReader>(undefined)
  useEffect(() => {
    // What happened since it was last shown, it has not heard of.
    if (seen.current !== reader) void reader.refresh({ topics: new Set(['tasks']), tasks: 'all' })
    seen.current = reader
    return onChange(change => {
      if (change.topics.has('tasks')) void reader.refresh(change)
    })
  }, [reader])
  return { ...state, more: () => void reader.more() }
}

const kept = new Map<string, TaskReader>()
const mostKept = 5

/** The last few stay as they were: going back shows what was there, where it was. */
function readerOf(filter: TaskFilter): TaskReader {
  const key = JSON.stringify(filter)
  const found = kept.get(key)
  if (found) return found
  const made = createReader(filter)
  kept.set(key, made)
  for (const old of [...kept.keys()].slice(0, -mostKept)) kept.delete(old)
  return made
}

const pageSize = 200
/** So many pages of new tasks are read to join those that are known; with more, it begins anew. */
const mostJoined = 5
const mostSingle = 50

function createReader(filter: TaskFilter): TaskReader {
  const store = createStore<TaskPages>({ tasks: undefined, isWhole: false, added: 0 })
  let next: string | null | undefined
  let line: Promise<void> = Promise.resolve()

  const read = (cursor?: string) =>
    api.listTasks({ ...filter, limit: pageSize, ...(cursor ? { cursor } : {}) })
  const show = (tasks: Task[], added = 0) =>
    store.set({ tasks, isWhole: next === null, added, error: undefined })
  /** One after the other: two answers must not overtake each other. */
  const inLine = (work: () => Promise<void>): Promise<void> => {
    line = line.then(work).catch(error => store.set({ ...store.get(), error }))
    return line
  }

  const more = () =>
    inLine(async () => {
      if (next === null || next === undefined) return
      const page = await read(next)
      const before = store.get().tasks ?? []
      const known = new Set(before.map(({ id }) => id))
      next = page.next_cursor
      show([...before, ...page.tasks.filter(({ id }) => !known.has(id))])
    })

  /** The newest tasks, at least up to one that is known. */
  const readHead = async (known: Set<string>) => {
    const head: Task[] = []
    let cursor: string | null | undefined
    for (let pages = 0; pages < mostJoined; pages++) {
      const page = await read(cursor ?? undefined)
      head.push(...page.tasks)
      cursor = page.next_cursor
      if (cursor === null || known.size === 0 || page.tasks.some(({ id }) => known.has(id))) break
    }
    return { head, cursor }
  }

  const refresh = (change: Change) =>
    inLine(async () => {
      const before = store.get().tasks ?? []
      const known = new Set(before.map(({ id }) => id))
      const { head, cursor } = await readHead(known)
      const inHead = new Set(head.map(({ id }) => id))
      const lastShared = before.findLastIndex(({ id }) => inHead.has(id))
      const added = head.findIndex(({ id }) => known.has(id))
      if (cursor === null || lastShared < 0) {
        next = cursor
        return show(head)
      }
      // What stood among those that were read again and is not there any more has gone.
      const rest = before.slice(lastShared + 1).filter(({ id }) => !inHead.has(id))
      if (rest.length === 0) next = cursor
      show([...head, ...(await reread(rest, change, filter))], Math.max(0, added))
    })

  return { store, more, refresh }
}

/** Tasks further down, of which some have changed. */
async function reread(tasks: Task[], { tasks: changed }: Change, filter: TaskFilter): Promise<Task[]> {
  const touched = tasks.filter(({ id }) => changed === 'all' || changed.has(id)).slice(0, mostSingle)
  const news = new Map(await Promise.all(touched.map(async ({ id }) => [id, await taskIfAny(id)] as const)))
  return tasks.flatMap(task => {
    if (!news.has(task.id)) return [task]
    const now = news.get(task.id)
    return now && fits(now, filter) ? [now] : []
  })
}

const fits = (task: Task, { status, review }: TaskFilter): boolean =>
  (status === undefined || task.status === status) && (review === undefined || task.review === review)

async function taskIfAny(id: string): Promise<Task | undefined> {
  try {
    return (await api.getTask({ id })).task
  } catch (error) {
    if (error instanceof SparkqError && error.code === 'not_found') return undefined
    throw error
  }
}
