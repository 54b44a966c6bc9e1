import { useQuery } from '@tanstack/react-query'
import { describeWork } from '../../../src/contract/task-text.ts'
import type { Task } from '../../../src/contract/tasks.ts'
import { queries } from '../../api/queries.ts'
import { Link } from '../../parts/link.tsx'
import { Section } from '../../parts/page.tsx'
import { toTask } from '../../parts/router.ts'
import { TaskState } from '../../parts/state.tsx'
import { Line } from '../../parts/texts.tsx'

/** What was queued from here, the last one first, as it goes on. */
export function QueuedNow({ tasks }: { tasks: Task[] }) {
  if (tasks.length === 0) return null
  return (
    <Section title="Queued just now">
      <ul className="enqueue-queued" aria-label="Queued just now">
        {tasks.map(task => (
          <Row key={task.id} task={task} />
        ))}
      </ul>
    </Section>
  )
}

function Row({ task: first }: { task: Task }) {
  const { data } = useQuery(queries.task(first.id))
  const task = data?.task ?? first
  return (
    <li>
      <Link className="task-id" href={toTask(task.friendly_id)}>
        <bdi>{task.friendly_id}</bdi>
      </Link>
      <Line text={describeWork(task)} />
      <TaskState task={task} />
    </li>
  )
}
