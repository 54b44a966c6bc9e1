import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { Attempt } from '../../../src/contract/attempts.ts'
import { describeWork, timeText } from '../../../src/contract/task-text.ts'
import type { Task } from '../../../src/contract/tasks.ts'
import { span } from '../../../src/contract/time-text.ts'
import { count, usd } from '../../../src/contract/words.ts'
import { queries } from '../../api/queries.ts'
import { Link } from '../../parts/link.tsx'
import { toQueue, toTask } from '../../parts/router.ts'
import { TaskState } from '../../parts/state.tsx'
import { Block, Line, Name } from '../../parts/texts.tsx'
import { Ago } from '../../parts/times.tsx'
import { CheckResult, Instructions, LastLines, Notes, PatchOf } from './evidence.tsx'

/** Everything that is needed to decide on a task, in the order in which it is asked for. */
export function TaskCard({ task: listed, actions }: { task: Task; actions: ReactNode }) {
  // Listings leave out what may be long: instructions and questions.
  const { data } = useQuery(queries.task(listed.id))
  const { data: attempts } = useQuery(queries.attempts(listed.id))
  const task = data?.task ?? listed
  const isAgent = attempts?.at(-1)?.agent != null
  return (
    <>
      <header className="review-head">
        <div className="task-head">
          <h2>
            <Link href={toTask(task.friendly_id)}>
              <bdi>{task.friendly_id}</bdi>
            </Link>
          </h2>
          <TaskState task={task} />
        </div>
        <div className="page-actions">{actions}</div>
      </header>
      <Facts task={task} attempts={attempts ?? []} />
      <Work task={task} />
      <Said task={task} />
      <CheckResult task={task} />
      <Notes task={task} attempts={attempts ?? []} />
      {attempts ? <LastLines task={task} isAgent={isAgent} /> : null}
      <PatchOf task={task} />
      {task.result_data === null ? null : (
        <details className="review-fold">
          <summary>Data</summary>
          <Block text={JSON.stringify(task.result_data, null, 2)} label="Data" />
        </details>
      )}
      <Instructions task={task} />
    </>
  )
}

/** Each is there or not there; none is empty. */
function Facts({ task, attempts }: { task: Task; attempts: Attempt[] }) {
  const { queue, finished_at, created_at, cost_usd, review, review_note } = task
  const took = timeText(task)
  const usage = attempts.flatMap(({ agent }) => (agent ? [agent.usage] : []))
  const tokens = usage.reduce((sum, it) => sum + it.input_tokens + it.output_tokens, 0)
  return (
    <p className="facts dim">
      <Link href={toQueue(queue)}>
        <Name text={queue.name} />
      </Link>
      <Name text={task.tool_name} />
      <span className="number">{took === '' ? 'it never ran' : `${took} of ${span(task.timeout)}`}</span>
      {attempts.length > 1 ? <span>{count(attempts.length, 'attempt')}</span> : null}
      {cost_usd === null ? null : <span className="number">{usd(cost_usd)}</span>}
      {tokens > 0 ? <span className="number">{tokens.toLocaleString('en')} tokens</span> : null}
      <Ago at={finished_at ?? created_at} />
      {review === null || review === 'unreviewed' ? null : (
        <strong>
          {review}
          {review_note ? (
            <>
              : <Name text={review_note} />
            </>
          ) : null}
        </strong>
      )}
    </p>
  )
}

function Work({ task }: { task: Task }) {
  const { prompt, command, code } = (task.payload ?? {}) as Record<string, unknown>
  const text = [prompt, command, code].find(it => typeof it === 'string') as string | undefined
  if (text?.includes('\n') || (text ?? '').length > 200) {
    return (
      <details className="review-fold">
        <summary>
          <Line text={describeWork(task)} className="mono" />
        </summary>
        <Block text={text ?? ''} label="What it was to do" />
      </details>
    )
  }
  return <Line text={describeWork(task)} className="mono review-work" />
}

function Said({ task }: { task: Task }) {
  const { result_summary, error_message, error_detail } = task
  return (
    <>
      {error_message === null ? null : (
        <p className="wrap state-failed">
          <Name text={error_message} />
        </p>
      )}
      {result_summary === null ? null : <Block text={result_summary} label="Summary" />}
      {error_detail === null ? null : <Block text={error_detail} label="What it said last" />}
    </>
  )
}
