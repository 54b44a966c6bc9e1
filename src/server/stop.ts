import { SparkqError, unusable } from '../contract/errors.ts'
import { askToGo } from '../processes/ask-to-go.ts'
import { liveness } from '../processes/identity.ts'
import { findServer, type Holder, nameServer } from './lock.ts'

/** Longer than a server gives itself. */
const limitMs = 30_000
const lookMs = 20
const slowMs = 1000

/**
 * Asks the server that holds a lock to end, and waits until it has.
 * @param onSlow is called once when that takes a while
 * @returns the server that was stopped; undefined when there was none
 */
export async function stopServer(
  lockFile: string,
  onSlow: (holder: Holder) => void,
): Promise<Holder | undefined> {
  const holder = findServer(lockFile)
  if (!holder) return undefined
  if (liveness(holder.process) === 'remote') {
    throw new SparkqError('conflict', `The server runs on another machine (${nameServer(holder)}).`, {
      hint: `ssh ${holder.process.hostname}, and there: sparkq stop`,
    })
  }
  const { pid } = holder.process
  askToEnd(pid)
  const begun = performance.now()
  let told = false
  while (liveness(holder.process) === 'alive') {
    const waited = performance.now() - begun
    if (waited > limitMs) {
      throw unusable(`The server (process ${pid}) does not end.`, `kill -9 ${pid}`)
    }
    if (waited > slowMs && !told) {
      told = true
      onSlow(holder)
    }
    await new Promise(resolve => setTimeout(resolve, lookMs))
  }
  return holder
}

function askToEnd(pid: number): void {
  try {
    askToGo(pid)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw unusable(`The server (process ${pid}) may not be stopped by you (${code}).`, `ps -fp ${pid}`, error)
  }
}
