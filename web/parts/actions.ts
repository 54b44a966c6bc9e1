import { useEffect, useRef } from 'react'
import { createStore } from '../api/store.ts'

/** Something that can be done on this page: by a key, and from the palette. `key`: as `KeyboardEvent.key` has it. */
export type Action = { title: string; key?: string; run: () => unknown }

/** By who offers them: the latest come first. */
export const offered = createStore<ReadonlyMap<symbol, Action[]>>(new Map())

/** Offers actions while the component is shown. */
export function useActions(actions: Action[]): void {
  const latest = useRef(actions)
  latest.current = actions
  const what = actions.map(({ title, key }) => `${title}\t${key ?? ''}`).join('\n')
  // biome-ignore lint/correctness/useExhaustiveDependencies: `what` says all that matters of them
  useEffect(() => {
    const owner = Symbol('actions')
    const own = latest.current.map((action, at) => ({ ...action, run: () => latest.current[at]?.run() }))
    offered.set(new Map([...offered.get(), [owner, own]]))
    return () => {
      const rest = new Map(offered.get())
      rest.delete(owner)
      offered.set(rest)
    }
  }, [what])
}

export const allActions = (): Action[] => [...offered.get().values()].toReversed().flat()
