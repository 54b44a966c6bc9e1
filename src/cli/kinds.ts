import type { QueueStatus } from '../contract/queues.ts'
import type { TaskStatus } from '../contract/tasks.ts'

/**
 * What kind of thing a value is, where the completions can know which there are. Tasks and queues may be narrowed to the
 * states in which the command takes them. `script` is a path as typed here, `script name` one of the project or a name.
 */
export type Kind =
  | 'session'
  | 'tool'
  | 'class'
  | 'script'
  | 'script name'
  | 'queue setting'
  | 'setting'
  | 'command'
  | 'file'
  | 'folder'
  | { task: readonly TaskStatus[] }
  | { queue: readonly QueueStatus[] }

export const anyTask = { task: ['queued', 'running', 'succeeded', 'failed'] } as const satisfies Kind
export const queuedTask = { task: ['queued'] } as const satisfies Kind
export const runningTask = { task: ['running'] } as const satisfies Kind
export const unfinishedTask = { task: ['queued', 'running'] } as const satisfies Kind
export const finishedTask = { task: ['succeeded', 'failed'] } as const satisfies Kind
export const idleTask = { task: ['queued', 'succeeded', 'failed'] } as const satisfies Kind

export const anyQueue = { queue: ['planned', 'active', 'idle', 'ended', 'archived'] } as const satisfies Kind
export const openQueue = { queue: ['planned', 'active', 'idle'] } as const satisfies Kind
export const activeQueue = { queue: ['active'] } as const satisfies Kind
export const idleQueue = { queue: ['idle'] } as const satisfies Kind
export const unstartedQueue = { queue: ['planned', 'idle'] } as const satisfies Kind
export const archivedQueue = { queue: ['archived'] } as const satisfies Kind
export const listedQueue = { queue: ['planned', 'active', 'idle', 'ended'] } as const satisfies Kind
