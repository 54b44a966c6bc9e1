import { timeText } from '../../src/contract/task-text.ts'
import type { Task } from '../../src/contract/tasks.ts'
import { relative } from '../../src/contract/time-text.ts'
import { useNow } from './now.ts'

/** `6 min ago`, with the exact time behind it. */
export function Ago({ at }: { at: string }) {
  const now = useNow(Math.abs(Date.now() - Date.parse(at)) < 90_000 ? 1000 : 15_000)
  return (
    <time dateTime={at} title={exactly(at)}>
      {relative(at, Math.max(now, Math.min(Date.now(), Date.parse(at))))}
    </time>
  )
}

/** `3.2 s`, `4 min of 20 min`: how long a task has run. */
export function Took({ task }: { task: Task }) {
  useNow(task.status === 'running' ? 1000 : Number.MAX_SAFE_INTEGER)
  return <span className="number">{timeText(task)}</span>
}

const format = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' })
export const exactly = (at: string): string => format.format(new Date(at))
