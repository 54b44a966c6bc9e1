import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { Task } from '../../../src/contract/tasks.ts'
import { span } from '../../../src/contract/time-text.ts'
import { queries } from '../../api/queries.ts'
import { Link } from '../../parts/link.tsx'
import { toQueue, toTask, toTasks } from '../../parts/router.ts'
import { Block, Name } from '../../parts/texts.tsx'
import { Ago } from '../../parts/times.tsx'

/** Where it belongs, and what it is set to. */
export function Side({ task }: { task: Task }) {
  const { queue, session } = task
  return (
    <aside className="task-side" aria-label={`About ${task.friendly_id}`}>
      <dl>
        <Fact term="Lane">
          <Link href={toQueue(queue)}>
            <Name text={queue.name} />
          </Link>
        </Fact>
        <Fact term="Session">
          <Link href={toTasks({ session: session.name })}>
            <Name text={session.name} />
          </Link>
        </Fact>
        <Fact term="Tool">
          <Name text={task.tool_name} />
        </Fact>
        <Fact term="Class">{task.task_class}</Fact>
        <Fact term="Timeout">{span(task.timeout)}</Fact>
        <Fact term="Stops">
          {task.status === 'running' && task.stops_at ? <Ago at={task.stops_at} /> : null}
        </Fact>
        <Fact term="Not before">
          {task.status === 'queued' && task.not_before ? <Ago at={task.not_before} /> : null}
        </Fact>
        <Fact term="Worker">{task.worker_id ? <Name text={task.worker_id} /> : null}</Fact>
        <Fact term="Attempts">
          {task.attempt === null ? null : (
            <Link href={toTask(task.friendly_id, 'attempts')}>
              {task.max_attempts > 1 ? `${task.attempts} of ${task.max_attempts}` : task.attempt}
            </Link>
          )}
        </Fact>
        <Fact term="Copy of">{task.requeued_from ? <Original id={task.requeued_from} /> : null}</Fact>
        <Fact term="Key">{task.idempotency_key ? <Name text={task.idempotency_key} /> : null}</Fact>
        <Fact term="Review">{reviewText(task)}</Fact>
        <Fact term="Note">{task.review_note ? <Name text={task.review_note} /> : null}</Fact>
        <Fact term="Id">
          <code>{task.id}</code>
        </Fact>
      </dl>
      {queue.instructions ? (
        <details>
          <summary>Instructions of the lane</summary>
          <Block text={queue.instructions} label={`Instructions of ${queue.name}`} />
        </details>
      ) : null}
    </aside>
  )
}

function Fact({ term, children }: { term: string; children: ReactNode }) {
  if (children === null) return null
  return (
    <div>
      <dt>{term}</dt>
      <dd className="wrap">{children}</dd>
    </div>
  )
}

/** What it was copied from may have been deleted. */
function Original({ id }: { id: string }) {
  const { data } = useQuery(queries.task(id))
  if (!data) return <code>{id}</code>
  const { friendly_id } = data.task
  return <Link href={toTask(friendly_id)}>{friendly_id}</Link>
}

function reviewText({ review, needs_review }: Task): string | null {
  if (review === null || (review === 'unreviewed' && !needs_review)) return null
  return review === 'unreviewed' ? 'waits for your look' : review
}
