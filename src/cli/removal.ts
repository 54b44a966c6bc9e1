import type { Queue, QueueCounts } from '../contract/queues.ts'
import { confirm } from './ask.ts'
import type { Terminal } from './terminal.ts'
import { count } from './text.ts'

/** How many tasks these queues have, by state. */
export function sumCounts(queues: readonly Queue[]): QueueCounts {
  const sum: QueueCounts = { queued: 0, running: 0, succeeded: 0, failed: 0 }
  for (const { counts } of queues) {
    for (const key of Object.keys(sum) as (keyof QueueCounts)[]) sum[key] += counts[key]
  }
  return sum
}

/** "3 queued tasks will be cancelled.", asked before something is ended; nothing is asked where nothing is lost. */
export function confirmEnd(terminal: Terminal, name: string, { queued }: QueueCounts): Promise<boolean> {
  if (queued === 0) return Promise.resolve(true)
  const tasks = count(queued, 'queued task')
  return confirm(
    terminal,
    `${name} has ${tasks}: ending it cancels ${queued === 1 ? 'it' : 'them'}.`,
    '--yes',
  )
}

export function confirmDelete(terminal: Terminal, name: string, counts: QueueCounts): Promise<boolean> {
  const finished = counts.succeeded + counts.failed
  const parts = [
    counts.queued > 0 ? count(counts.queued, 'queued task') : '',
    finished > 0 ? count(finished, 'finished task') : '',
  ].filter(part => part !== '')
  if (parts.length === 0) return Promise.resolve(true)
  const gone = counts.queued + finished === 1 ? 'that with its output' : 'them with their output'
  return confirm(terminal, `${name} has ${parts.join(' and ')}: deleting it deletes ${gone}.`, '--yes')
}

/** What runs will be refused, or is to be cancelled: then there is nothing to ask. */
export function isAsked(
  { yes, cancel }: { yes: boolean; cancel: boolean },
  { running }: QueueCounts,
): boolean {
  return !yes && (running === 0 || cancel)
}
