import type { Api } from '../contract/api.ts'
import type { Event } from '../contract/events.ts'
import { pause } from '../processes/pause.ts'

/** How long after a break changes are listened for again. */
const listenAgainMs = 1000

export type Hearing = {
  onEvent: (event: Event) => void
  /** Something may have been missed. */
  onGap: () => void
  onTrouble: (message: string) => void
}

/** Hears of changes until it is stopped; where that breaks off, it begins anew after a while. */
export function listen(api: Api, { onEvent, onGap, onTrouble }: Hearing) {
  const listening = new AbortController()
  const { signal } = listening
  let told = ''
  const hear = async (): Promise<void> => {
    while (!signal.aborted) {
      try {
        for await (const event of api.watchEvents({ signal })) {
          told = ''
          onEvent(event)
        }
      } catch (error) {
        if (signal.aborted) return
        const { message } = error as Error
        if (message !== told) onTrouble(`Changes were not heard of for a while: ${message}`)
        told = message
        await pause(listenAgainMs, signal)
        onGap()
      }
    }
  }
  const heard = hear()
  return {
    stop: async (): Promise<void> => {
      listening.abort()
      await heard
    },
  }
}
