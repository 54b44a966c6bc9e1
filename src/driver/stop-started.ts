import { type AttemptFiles, realOutputs } from '../attempt-files/paths.ts'
import { identify } from '../processes/identity.ts'
import { stopTree } from '../processes/stop.ts'
import { hasMark } from '../processes/table.ts'
import type { ProcessTree } from '../processes/tree.ts'

/**
 * Stops all that this driver has started, wherever it went: an agent's tools run in sessions of their own, and outlive the
 * agent when that is killed. The driver and its recorder are spared.
 */
export async function stopStarted(mark: string, files: AttemptFiles, graceMs: number): Promise<void> {
  // A recorder that is gone has given us another parent, who is none of ours.
  const wrapper = process.ppid > 1 && hasMark(process.ppid, mark) ? identify(process.ppid) : null
  const tree: ProcessTree = { mark, wrapper, leader: null, outputs: realOutputs(files) }
  await stopTree(tree, { graceMs })
}
