import type { ReactNode } from 'react'
import { whyClosed } from '../../src/contract/queue-text.ts'
import type { Queue } from '../../src/contract/queues.ts'
import { lookOf, statusText, type TaskLook } from '../../src/contract/task-text.ts'
import type { Task } from '../../src/contract/tasks.ts'
import { oneLine } from '../../src/contract/visible-text.ts'
import { useNow } from './now.ts'

/** Drawn, as not every font has them; the shapes are those of the command line. */
const shapes: Record<TaskLook, ReactNode> = {
  queued: <circle cx="6" cy="6" r="4" />,
  running: <circle cx="6" cy="6" r="4.5" fill="currentColor" stroke="none" />,
  succeeded: <path d="M2 6.5 5 9.5 10 3" />,
  failed: <path d="m2.5 2.5 7 7m0-7-7 7" />,
  waiting: <path d="M4 2.5v7m4-7v7" />,
  stale: <path d="M6 1.5v5.5m0 2.5v.8" strokeWidth="2.2" />,
}

/** The shape and colour of a state; words beside it say the same. */
export function Glyph({ look }: { look: TaskLook }) {
  return (
    <svg className={`glyph state-${look}`} viewBox="0 0 12 12" aria-hidden="true">
      {shapes[look]}
    </svg>
  )
}

/** `● running`, `✗ failed · exit 7`. */
export function TaskState({ task }: { task: Task }) {
  useNow(task.status === 'running' ? 1000 : Number.MAX_SAFE_INTEGER)
  const look = lookOf(task)
  return (
    <span className={`state state-${look}`}>
      <Glyph look={look} />
      <span>{statusText(task)}</span>
    </span>
  )
}

export function queueLook({ status, counts }: Pick<Queue, 'status' | 'counts'>): TaskLook {
  if (counts.running > 0) return 'running'
  return status === 'idle' ? 'waiting' : 'queued'
}

/** `active`, `paused (a task failed) until 05:00`. */
export function QueueState({ queue }: { queue: Queue }) {
  const look = queueLook(queue)
  return (
    <span className={`state state-${look}`}>
      <Glyph look={look} />
      <span className="wrap">{oneLine(whyClosed(queue) ?? (look === 'running' ? 'running' : 'active'))}</span>
    </span>
  )
}
