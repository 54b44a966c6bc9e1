import { useSyncExternalStore } from 'react'
import { type PageName, pageAddresses } from '../../src/contract/page-addresses.ts'

/** Which page an address shows, with what it names. Segments are decoded once: a name may hold any characters. */
export type Place = { page: PageName | undefined; params: Record<string, string>; query: URLSearchParams }

/** To another page; `replace` where going back should not lead to this one. */
export function navigate(to: string, { replace = false } = {}): void {
  if (to === location.pathname + location.search) return
  // Where a page was left, going back finds it.
  history.replaceState({ scroll: scrollY }, '')
  history[replace ? 'replaceState' : 'pushState'](null, '', to)
  dispatchEvent(new Event(moved))
}

/** How far down this page was when it was left; 0 for one that is new. */
export const scrollBefore = (): number => (history.state as { scroll?: number } | null)?.scroll ?? 0

export function usePlace(): Place {
  const address = useSyncExternalStore(subscribe, () => location.pathname + location.search)
  return placeOf(address)
}

export function placeOf(address: string): Place {
  const { pathname, search } = new URL(address, location.origin)
  const segments = pathname.replace(/(?<=.)\/$/, '').split('/')
  for (const [page, pattern] of Object.entries(pageAddresses) as [PageName, string][]) {
    const params = match(pattern.replace(/(?<=.)\/$/, '').split('/'), segments)
    if (params) return { page, params, query: new URLSearchParams(search) }
  }
  return { page: undefined, params: {}, query: new URLSearchParams(search) }
}

/** The same page with another query; what is empty is left out of it. */
export function withQuery(changes: Record<string, string | undefined>): string {
  const query = new URLSearchParams(location.search)
  for (const [key, value] of Object.entries(changes)) {
    if (value) query.set(key, value)
    else query.delete(key)
  }
  return location.pathname + (query.size > 0 ? `?${query}` : '')
}

export const toQueue = ({ id, name }: { id: string; name: string }): string =>
  `/ui/queues/${encodeURIComponent(fitsPath(name) ? name : id)}`
export const toTask = (ref: string, tab?: string): string =>
  `/ui/tasks/${encodeURIComponent(ref)}${tab ? `/${tab}` : ''}`
export const toTasks = (filter: Record<string, string | undefined> = {}): string => {
  const given = Object.entries(filter).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return `/ui/tasks${given.length > 0 ? `?${new URLSearchParams(given)}` : ''}`
}

export const toReview = ({ session, task }: { session?: string; task?: string } = {}): string => {
  const query = new URLSearchParams({ ...(session ? { session } : {}), ...(task ? { task } : {}) })
  return `/ui/review${query.size > 0 ? `?${query}` : ''}`
}

/** `again`: a task to begin from. */
export const toEnqueue = (given: { queue?: string; again?: string; prompt?: string } = {}): string => {
  const query = new URLSearchParams(given)
  return `/ui/enqueue${query.size > 0 ? `?${query}` : ''}`
}

/** The server refuses paths that can be read in two ways. */
const fitsPath = (name: string) => !/[/\\\0]/.test(name) && name !== '.' && name !== '..'

const moved = 'sparkq:moved'

function subscribe(listener: () => void): () => void {
  addEventListener('popstate', listener)
  addEventListener(moved, listener)
  return () => {
    removeEventListener('popstate', listener)
    removeEventListener(moved, listener)
  }
}

function match(pattern: string[], segments: string[]): Record<string, string> | undefined {
  if (pattern.length !== segments.length) return undefined
  const params: Record<string, string> = {}
  for (const [at, word] of pattern.entries()) {
    const segment = segments[at] as string
    if (word.startsWith(':') && segment !== '') params[word.slice(1)] = decodeURIComponent(segment)
    else if (word !== segment) return undefined
  }
  return params
}
