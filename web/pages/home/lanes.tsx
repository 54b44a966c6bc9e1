import { useQuery } from '@tanstack/react-query'
import type { Queue } from '../../../src/contract/queues.ts'
import type { Runner } from '../../../src/contract/runners.ts'
import { shellQueue } from '../../../src/contract/shell-word.ts'
import { describeWork, lookOf } from '../../../src/contract/task-text.ts'
import type { Task } from '../../../src/contract/tasks.ts'
import { queries, useQueues } from '../../api/queries.ts'
import { Link } from '../../parts/link.tsx'
import { NoRunner } from '../../parts/no-runner.tsx'
import { toQueue, toTask, toTasks } from '../../parts/router.ts'
import { Glyph, QueueState } from '../../parts/state.tsx'
import { Line } from '../../parts/texts.tsx'
import { Took } from '../../parts/times.tsx'
import { Answered, Empty } from '../../parts/trouble.tsx'
import { useLastLine } from './last-line.ts'

const none: never[] = []

/** Each lane that may run: what runs in it and its last line, or why nothing does. */
export function Lanes({ session }: { session: string | undefined }) {
  const queues = useQueues()
  const running = useQuery(queries.tasks({ status: 'running', limit: 500 }))
  const runners = useQuery(queries.runners())
  return (
    <Answered query={queues}>
      {all => {
        const open = all.filter(({ status }) => status !== 'ended')
        const lanes = open.filter(queue => !session || queue.session.name === session)
        if (lanes.length === 0) return <NoLane any={all.length > 0} />
        return (
          <ul className="lanes">
            {lanes.map(queue => (
              <Lane
                key={queue.id}
                queue={queue}
                tasks={(running.data ?? none).filter(task => task.queue.id === queue.id)}
                runner={runners.data?.find(it => it.queue.id === queue.id && !it.lost)}
                known={runners.data !== undefined}
              />
            ))}
          </ul>
        )
      }}
    </Answered>
  )
}

function NoLane({ any }: { any: boolean }) {
  return (
    <Empty commands={['sparkq queue create NAME']}>
      {any
        ? 'No lane here is open.'
        : 'There is no lane yet: a lane takes tasks, and works them one after the other.'}
    </Empty>
  )
}

type LaneProps = { queue: Queue; tasks: Task[]; runner: Runner | undefined; known: boolean }

function Lane({ queue, tasks, runner, known }: LaneProps) {
  const { queued, succeeded, failed } = queue.counts
  const filter = { queue: queue.name }
  return (
    <li>
      <Link className="lane-name" href={toQueue(queue)}>
        <Line text={queue.name} />
      </Link>
      <div className="lane-now">
        {tasks.map(task => (
          <RunningTask key={task.id} task={task} />
        ))}
        {tasks.length === 0 ? <Standing queue={queue} runner={runner} known={known} /> : null}
      </div>
      <div className="lane-counts number">
        <Tally number={queued} word="wait" href={toTasks({ ...filter, status: 'queued' })} />
        <Tally
          number={succeeded}
          word="✓"
          said="succeeded"
          href={toTasks({ ...filter, status: 'succeeded' })}
        />
        <Tally number={failed} word="✗" said="failed" href={toTasks({ ...filter, status: 'failed' })} />
      </div>
    </li>
  )
}

function Tally({ number, word, said, href }: { number: number; word: string; said?: string; href: string }) {
  return (
    <Link href={href} className={number > 0 ? `tally tally-${said ?? word}` : 'tally none'}>
      <span aria-hidden={said ? true : undefined}>
        {number} {word}
      </span>
      {said ? (
        <span className="unseen">
          {number} {said}
        </span>
      ) : null}
    </Link>
  )
}

function RunningTask({ task }: { task: Task }) {
  const line = useLastLine(task)
  return (
    <>
      <p className="lane-task">
        <Glyph look={lookOf(task)} />
        <Link href={toTask(task.friendly_id)} className="task-id">
          <bdi>{task.friendly_id}</bdi>
        </Link>
        <Line text={describeWork(task)} />
        <Took task={task} />
      </p>
      <p className="lane-line mono dim">
        <span aria-hidden="true">›</span> <Line text={line || ' '} />
      </p>
    </>
  )
}

function Standing({ queue, runner, known }: Omit<LaneProps, 'tasks'>) {
  if (queue.status !== 'active') {
    return (
      <p className="lane-task">
        <QueueState queue={queue} />
      </p>
    )
  }
  const { queued } = queue.counts
  return (
    <p className="lane-task dim">
      <Glyph look="queued" />
      <span>idle{runner || !known ? '' : ' · no runner'}</span>
      {known && !runner && queued > 0 ? <NoRunner queue={queue} /> : null}
      {queued === 0 ? (
        <code className="hint">sparkq enqueue {shellQueue(queue.name)} -c 'COMMAND'</code>
      ) : null}
    </p>
  )
}
