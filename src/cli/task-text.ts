import { glyphs, lookOf, type TaskLook } from '../contract/task-text.ts'
import type { Task } from '../contract/tasks.ts'
import type { Style } from './terminal.ts'

export {
  describeWork,
  failureText,
  isStale,
  isStalled,
  statusText,
  timeText,
  whenText,
} from '../contract/task-text.ts'

const styles: Record<TaskLook, Style | undefined> = {
  queued: undefined,
  running: 'blue',
  succeeded: 'green',
  failed: 'red',
  waiting: 'yellow',
  stale: 'yellow',
}

/** Shape and colour of a state; the words beside it say the same. */
export function glyphOf(task: Task): { text: string; style: Style | undefined } {
  const look = lookOf(task)
  return { text: glyphs[look], style: styles[look] }
}
