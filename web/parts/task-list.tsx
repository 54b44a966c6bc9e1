import { describeWork, lookOf, statusText } from '../../src/contract/task-text.ts'
import type { Task } from '../../src/contract/tasks.ts'
import { Link } from './link.tsx'
import { toTask } from './router.ts'
import { Glyph } from './state.tsx'
import { Line } from './texts.tsx'
import { Ago, Took } from './times.tsx'

/** Tasks one below the other, each a way to its page. */
export function TaskList({ tasks, label }: { tasks: Task[]; label: string }) {
  return (
    <ul className="task-list" aria-label={label}>
      {tasks.map(task => (
        <li key={task.id}>
          <Glyph look={lookOf(task)} />
          <Link className="task-id" href={toTask(task.friendly_id)}>
            <bdi>{task.friendly_id}</bdi>
          </Link>
          <Line text={describeWork(task)} className="what" />
          <span className="status">{statusText(task)}</span>
          <Line text={saysOf(task)} className="says dim" />
          <Took task={task} />
          <span className="ago dim">
            <Ago at={task.finished_at ?? task.started_at ?? task.created_at} />
          </span>
        </li>
      ))}
    </ul>
  )
}

/** What is to be known of its end, in a line: the tool's last word rather than "Exited with 7.". */
export function saysOf({ result_summary, error_type, error_detail, error_message }: Task): string {
  if (result_summary !== null) return result_summary.split('\n')[0] as string
  const last = error_detail?.trim().split('\n').at(-1)?.trim()
  return (error_type === 'exit_code' && last ? last : error_message) ?? ''
}
