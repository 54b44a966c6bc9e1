/** Lanes in words, the same on every face. */

import type { Queue } from './queues.ts'
import { shellArgument } from './shell-word.ts'
import { clock } from './time-text.ts'
import { oneLine } from './visible-text.ts'

/** `paused (waiting for Bob) until 05:00`; undefined while its tasks are claimed. */
export function whyClosed(queue: Pick<Queue, 'status' | 'pause_reason' | 'resume_at'>): string | undefined {
  const reason = queue.pause_reason ? ` (${oneLine(queue.pause_reason).replace(/\.$/, '')})` : ''
  const until = queue.resume_at ? ` until ${clock(queue.resume_at)}` : ''
  switch (queue.status) {
    case 'idle':
      return `paused${reason}${until}`
    case 'active':
      return undefined
    default:
      return queue.status
  }
}

/** What opens a closed lane again; undefined when nothing does. */
export function openingCommand(queue: Pick<Queue, 'name' | 'status'>): string | undefined {
  const verbs: Partial<Record<Queue['status'], string>> = {
    idle: 'resume',
    planned: 'activate',
    archived: 'unarchive',
  }
  const verb = verbs[queue.status]
  return verb && `sparkq queue ${verb} ${shellArgument(queue.name)}`
}
