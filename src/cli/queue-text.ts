import type { Queue } from '../contract/queues.ts'
import { whyClosed } from './lanes.ts'
import type { Style } from './terminal.ts'

/** `active`, `paused until 05:00`, `planned`. */
export const queueStatusText = (queue: Queue): string => whyClosed(queue) ?? 'active'

export function queueGlyph({ status, counts }: Queue): { text: string; style: Style | undefined } {
  if (counts.running > 0) return { text: '●', style: 'blue' }
  if (status === 'idle') return { text: '⏸', style: 'yellow' }
  return { text: status === 'active' ? '○' : ' ', style: undefined }
}
