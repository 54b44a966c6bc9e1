import path from 'node:path'
import { watchFolder } from '../watch-folder.ts'
import type { Store } from './store.ts'

/** After a file event: look every millisecond, then more rarely, until a slow disk's fsync must be over too. */
const denseMs = 20
const denseStepMs = 1
const sparseMs = 200
const sparseStepMs = 5
/** For file systems that do not notify. */
const slowPollMs = 500

/**
 * Calls `onChange` when another connection, in this process or any other, has committed: within about 2 ms where the
 * file system notifies, else within half a second. Costs next to nothing while nothing happens.
 * `fs.watch` fires before the commit can be seen, so a file event starts a short burst of looking.
 * @returns how to stop
 */
export function watchChanges(store: Pick<Store, 'dataVersion' | 'path'>, onChange: () => void): () => void {
  const wal = `${path.basename(store.path)}-wal`
  let seen = versionOf(store)
  let burst: NodeJS.Timeout | undefined
  let lastEvent = 0

  const look = (): void => {
    const version = versionOf(store)
    if (version === undefined || version === seen) return
    seen = version
    onChange()
  }
  // A commit that was seen does not end the burst: the file event of the next one may have come before it.
  const step = (): void => {
    look()
    const since = performance.now() - lastEvent
    burst = since < sparseMs ? setTimeout(step, since < denseMs ? denseStepMs : sparseStepMs) : undefined
  }
  const unwatch = watchFolder(path.dirname(store.path), name => {
    if (name !== null && name !== wal) return
    lastEvent = performance.now()
    burst ??= setTimeout(step, 0)
  })
  const slow = setInterval(look, slowPollMs)
  return () => {
    unwatch()
    clearInterval(slow)
    clearTimeout(burst)
  }
}

/** undefined where it cannot be asked now (a disk that fails, a long lock): it is asked again soon, for ever. */
function versionOf(store: Pick<Store, 'dataVersion'>): number | undefined {
  try {
    return store.dataVersion()
  } catch {
    return undefined
  }
}
