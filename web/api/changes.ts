import type { Query, QueryClient } from '@tanstack/react-query'
import type { Event } from '../../src/contract/events.ts'
import type { Task } from '../../src/contract/tasks.ts'
import { isOfOneTask, type Topic, topics, topicsOf } from './topics.ts'

export type Change = { topics: ReadonlySet<Topic>; tasks: ReadonlySet<string> | 'all' }

/** Changes come one at a time, and together where many come at once: an answer must not be asked for 100 times a second. */
const gatherMs = 250

const listeners = new Set<(change: Change) => void>()

/** For whatever keeps what it was answered elsewhere than in the query client. */
export function onChange(listener: (change: Change) => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Marks what an event concerns as old; what is looked at is asked for again. A hidden page waits until it is looked at. */
export function createChanges(client: QueryClient) {
  let names = new Set<Topic>()
  let tasks: Set<string> | 'all' = new Set()
  let timer: number | undefined
  let toldAt = 0

  const tell = () => {
    timer = undefined
    if (document.hidden || names.size === 0) return
    toldAt = Date.now()
    const change: Change = { topics: names, tasks }
    names = new Set()
    tasks = new Set()
    void client.invalidateQueries({ predicate: query => concerns(change, query) })
    for (const listener of listeners) listener(change)
  }
  const plan = () => {
    if (timer !== undefined) return
    timer = window.setTimeout(tell, Math.max(0, toldAt + gatherMs - Date.now()))
  }
  document.addEventListener('visibilitychange', plan)
  return {
    note: (event: Event) => {
      for (const topic of topicsOf(event)) names.add(topic)
      if (event.task_id === null && event.event.endsWith('deleted')) tasks = 'all'
      else if (tasks !== 'all' && event.task_id !== null) tasks.add(event.task_id)
      plan()
    },
    everything: () => {
      names = new Set(topics)
      tasks = 'all'
      plan()
    },
  }
}

function concerns({ topics, tasks }: Change, { queryKey, state }: Query): boolean {
  const [topic, ref] = queryKey as [Topic, string?]
  if (!topics.has(topic)) return false
  if (!isOfOneTask(topic) || tasks === 'all') return true
  // A task's key is what its address names it by.
  const id = topic === 'task' ? (state.data as { task: Task } | undefined)?.task.id : ref
  return id === undefined || tasks.has(id)
}
