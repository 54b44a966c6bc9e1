import { useSyncExternalStore } from 'react'

/** The time, in steps of `stepMs`: what shows it is drawn anew no more often. */
export function useNow(stepMs = 1000): number {
  return useSyncExternalStore(subscribe, () => Math.floor(Date.now() / stepMs) * stepMs)
}

const listeners = new Set<() => void>()
let timer: number | undefined

/** One clock for all, which stands while nobody looks. */
function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  turn()
  return () => {
    listeners.delete(listener)
    turn()
  }
}

function turn(): void {
  const runs = listeners.size > 0 && !document.hidden
  if (runs) timer ??= window.setInterval(tick, 1000)
  else {
    clearInterval(timer)
    timer = undefined
  }
}

function tick(): void {
  for (const listener of listeners) listener()
}

document.addEventListener('visibilitychange', () => {
  turn()
  tick()
})
