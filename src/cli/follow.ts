import type { Api } from '../contract/api.ts'

/** `changed` resolves when something has happened since it last did, or after `limitMs`. */
export type Pulse = { changed(limitMs?: number): Promise<void>; stop(): Promise<void> }

/** The newest event there is: what happens after it, a later watch will tell. */
export async function lastEvent(api: Api): Promise<number> {
  const { events } = await api.listEvents({ limit: 1 })
  return events[0]?.seq ?? 0
}

/** Feels whether anything happens. What happens between two calls of `changed` is not missed. */
export async function openPulse(api: Api): Promise<Pulse> {
  const stopped = new AbortController()
  const after = await lastEvent(api)
  let missed = false
  let failure: { error: unknown } | undefined
  let wake = (): void => {}
  const beat = (): void => {
    missed = true
    wake()
  }
  const watching = (async () => {
    for await (const _ of api.watchEvents({ after, signal: stopped.signal })) beat()
  })().catch(error => {
    failure = { error }
    beat()
  })

  return {
    changed: async limitMs => {
      let timer: NodeJS.Timeout | undefined
      if (!missed) {
        await new Promise<void>(resolve => {
          wake = resolve
          if (limitMs !== undefined) timer = setTimeout(resolve, limitMs)
        })
      }
      clearTimeout(timer)
      missed = false
      if (failure) throw failure.error
    },
    stop: () => {
      stopped.abort()
      return watching
    },
  }
}

const sweepMs = 1000

/** As long as this command waits, it ends what runs past its time: there may be nobody else to. */
export function keepTime(api: Api): () => void {
  let busy = false
  const timer = setInterval(async () => {
    if (busy) return
    busy = true
    // What goes wrong here goes wrong for the command's own calls too, which say so.
    await api.sweep().catch(() => undefined)
    busy = false
  }, sweepMs)
  return () => clearInterval(timer)
}
