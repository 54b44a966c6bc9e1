import type { QueueStatus } from '../contract/queues.ts'
import type { TaskStatus } from '../contract/tasks.ts'

type Step<S> = { from: readonly S[]; to: S; says: string }

/** Every way a task's status may change. There is no other. */
export const taskSteps = {
  enqueue: { from: [], to: 'queued', says: 'put into a lane' },
  claim: { from: ['queued'], to: 'running', says: 'taken by a worker' },
  succeed: { from: ['running'], to: 'succeeded', says: 'ended well' },
  fail: { from: ['running'], to: 'failed', says: 'ended badly' },
  give_back: {
    from: ['running'],
    to: 'queued',
    says: 'waits for a retry, a limit, an answer or another worker',
  },
  cancel: { from: ['queued'], to: 'failed', says: 'cancelled before it ran' },
} as const satisfies Record<string, Step<TaskStatus>>

/** Every way a queue's status may change. `unarchive` goes back to the status the queue had. */
export const queueSteps = {
  create: { from: [], to: 'active', says: 'made; or planned, with --planned' },
  activate: { from: ['planned', 'idle'], to: 'active', says: 'started' },
  pause: { from: ['active'], to: 'idle', says: 'paused by a person or a policy' },
  resume: { from: ['idle'], to: 'active', says: 'resumed, by itself at resume_at' },
  end: { from: ['planned', 'active', 'idle'], to: 'ended', says: 'ended for good' },
  archive: { from: ['planned', 'active', 'idle', 'ended'], to: 'archived', says: 'hidden' },
  unarchive: { from: ['archived'], to: 'active', says: 'brought back to the status it had' },
} as const satisfies Record<string, Step<QueueStatus>>

export type TaskStep = keyof typeof taskSteps
export type QueueStep = keyof typeof queueSteps
