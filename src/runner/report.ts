import type { StopCause } from '../contract/attempts.ts'
import type { Queue } from '../contract/queues.ts'
import type { Runner } from '../contract/runners.ts'
import type { Space } from '../contract/space.ts'
import type { ClaimRefusal, Task } from '../contract/tasks.ts'

/** What a runner tells as it works; faces turn it into lines. */
export type RunnerEvent =
  | { type: 'started'; runner: Runner; queue: Queue }
  | { type: 'task_started'; task: Task; adopted: boolean }
  | { type: 'output'; task: Task; line: string }
  | { type: 'stale'; task: Task }
  | { type: 'stalled'; task: Task; idleMs: number }
  | { type: 'revived'; task: Task }
  | { type: 'stopping'; task: Task; cause: StopCause }
  | { type: 'task_ended'; task: Task }
  | {
      type: 'waiting'
      queue: Queue
      because: ClaimRefusal
      next: Task | null
      until: string | null
      space: Space | null
    }
  | { type: 'warning'; message: string }
  | { type: 'ended'; done: number; left: Task | null }

export type Report = (event: RunnerEvent) => void
