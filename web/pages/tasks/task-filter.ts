import type { TaskFilter } from '../../api/task-pages.ts'

export const statuses = ['queued', 'running', 'succeeded', 'failed'] as const
export const reviews = ['unreviewed', 'accepted', 'rejected', 'requeued'] as const

/** In an address a filter bears the name it has on the command line. */
export function filterOf(query: URLSearchParams): TaskFilter {
  const get = (name: string) => query.get(name) || undefined
  const one = <T extends string>(name: string, words: readonly T[]) =>
    words.find(word => word === query.get(name))
  const filter = {
    status: one('status', statuses),
    queue_id: get('queue'),
    session_id: get('session'),
    tool_name: get('tool'),
    review: one('review', reviews),
    q: get('q'),
  }
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined))
}
