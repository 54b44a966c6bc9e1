import { useEffect, useRef } from 'react'
import { allActions } from '../parts/actions.ts'
import { navigate } from '../parts/router.ts'
import { places } from './places.ts'

type Own = { palette: () => void; help: () => void }

const sequenceMs = 1200
const never = Number.NEGATIVE_INFINITY

/** Listens for keys wherever nothing is being typed and no dialog is open. */
export function useKeys(own: Own): void {
  const latest = useRef(own)
  latest.current = own
  useEffect(() => {
    let goesAt = never
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return
      if ((event.metaKey || event.ctrlKey) && !event.altKey && event.key.toLowerCase() === 'k') {
        event.preventDefault()
        if (!document.querySelector('dialog[open]')) latest.current.palette()
        return
      }
      if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target)) return
      const goes = performance.now() - goesAt < sequenceMs
      goesAt = event.key === 'g' && !goes ? performance.now() : never
      const run = goes ? wayTo(event.key) : actionOf(event.key, latest.current)
      if (!run) return
      event.preventDefault()
      run()
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [])
}

const isTyping = (target: EventTarget | null): boolean =>
  document.querySelector('dialog[open]') !== null ||
  (target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)))

function wayTo(key: string): (() => void) | undefined {
  const place = places.find(it => it.key === key)
  return place && (() => navigate(place.href))
}

function actionOf(key: string, own: Own): (() => unknown) | undefined {
  return key === '?' ? own.help : allActions().find(action => action.key === key)?.run
}
