/** Why a server's process is to end: it was told to, or something broke that nobody caught. */
export type Ending = { signal: NodeJS.Signals } | { error: unknown }

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** 128 + SIGINT: what shells answer for an interrupted program. */
const interrupted = 130

/** Resolves with the first reason to end. A second signal does not wait for anything any more. */
export function waitForEnding(): Promise<Ending> {
  let asked = false
  return new Promise(resolve => {
    for (const signal of signals) {
      process.on(signal, () => {
        if (asked) process.exit(interrupted)
        asked = true
        resolve({ signal })
      })
    }
    for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
      process.on(event, (error: unknown) => {
        asked = true
        resolve({ error })
      })
    }
  })
}

export function reasonOf(ending: Ending): { reason: string; error?: unknown } {
  return 'signal' in ending ? { reason: ending.signal } : { reason: 'an error', error: ending.error }
}

export function exitCodeOf(ending: Ending): number {
  if (!('signal' in ending)) return 1
  return ending.signal === 'SIGINT' ? interrupted : 0
}
