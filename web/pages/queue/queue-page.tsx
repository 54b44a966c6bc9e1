import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Queue } from '../../../src/contract/queues.ts'
import { shellQueue } from '../../../src/contract/shell-word.ts'
import { api } from '../../api/client.ts'
import { queries } from '../../api/queries.ts'
import { useActions } from '../../parts/actions.ts'
import { Button } from '../../parts/button.tsx'
import { Link } from '../../parts/link.tsx'
import { NoRunner } from '../../parts/no-runner.tsx'
import { PageAbout, PageFrame, Section } from '../../parts/page.tsx'
import { navigate, type Place, toEnqueue, toQueue, toTask, toTasks } from '../../parts/router.ts'
import { QueueState } from '../../parts/state.tsx'
import { TaskList } from '../../parts/task-list.tsx'
import { Name } from '../../parts/texts.tsx'
import { Ago } from '../../parts/times.tsx'
import { attempt } from '../../parts/toasts.tsx'
import { Answered, Empty } from '../../parts/trouble.tsx'
import { Instructions } from './instructions.tsx'
import { type LaneAction, laneActions } from './lane-actions.ts'
import { RenameForm } from './rename-form.tsx'
import { Settings } from './settings.tsx'

/** One lane: how it is, what is in it, what it says and how it is set. */
export default function QueuePage({ params }: Place) {
  const name = params.queue as string
  const queue = useQuery(queries.queue(name))
  return (
    <PageAbout name={name} query={queue}>
      {data => <Lane key={data.id} queue={data} />}
    </PageAbout>
  )
}

function Lane({ queue }: { queue: Queue }) {
  const [renaming, setRenaming] = useState(false)
  const actions: LaneAction[] = [
    { title: 'Add a task', key: 'n', run: async () => navigate(toEnqueue({ queue: queue.name })) },
    { title: 'Rename', run: async () => setRenaming(true) },
    ...laneActions(queue),
  ]
  const tasks = toTasks({ queue: queue.name })
  useActions([
    ...actions.map(({ title, run, key }) => ({
      title: title === 'Add a task' ? `Add a task to ${queue.name}` : `${title} ${queue.name}`,
      run,
      ...(key ? { key } : {}),
    })),
    { title: `Tasks of ${queue.name}`, key: 't', run: () => navigate(tasks) },
  ])
  return (
    <PageFrame
      title={queue.name}
      heading={
        <h1>
          <Name text={queue.name} />
        </h1>
      }
      actions={actions.map(({ title, run, look, key }) => (
        <Button key={title} onPress={run} look={look ?? 'plain'} hotkey={key}>
          {title}
        </Button>
      ))}
    >
      <Facts queue={queue} />
      <Work queue={queue} />
      <Section title="Instructions">
        <Instructions queue={queue} />
      </Section>
      <Section title="Settings">
        <Settings queue={queue} />
      </Section>
      {renaming ? (
        <RenameForm
          name={queue.name}
          onClose={() => setRenaming(false)}
          save={async name => {
            const renamed = (await api.updateQueue({ id: queue.id, name })).queue
            navigate(toQueue(renamed), { replace: true })
          }}
        />
      ) : null}
    </PageFrame>
  )
}

function Facts({ queue }: { queue: Queue }) {
  const { counts, session } = queue
  const { data: runners } = useQuery(queries.runners())
  const runner = runners?.find(it => it.queue.id === queue.id && !it.lost)
  return (
    <>
      <p className="facts">
        <QueueState queue={queue} />
        <Link href={`/ui/queues?session=${encodeURIComponent(session.name)}`}>
          session <Name text={session.name} />
        </Link>
        {(['queued', 'running', 'succeeded', 'failed'] as const).map(status => (
          <Link
            key={status}
            className={counts[status] > 0 ? `number count-${status}` : 'number none'}
            href={toTasks({ queue: queue.name, status })}
          >
            {counts[status]} {status}
          </Link>
        ))}
      </p>
      <p className="facts">
        {runner ? (
          <>
            <span>
              worked by <Name text={runner.worker_id} />, since <Ago at={runner.started_at} />
            </span>
            {runner.stop_requested_at === null ? <StopRunner queue={queue} /> : <span>it stops</span>}
          </>
        ) : null}
        {runners && !runner && queue.status === 'active' ? (
          <>
            <span className="dim">no runner works it</span>
            <NoRunner queue={queue} />
          </>
        ) : null}
      </p>
    </>
  )
}

/** Where the server keeps runners, it can keep none here; another runner is ended where it was started. */
function StopRunner({ queue: { id, name } }: { queue: Queue }) {
  const { data: supervision } = useQuery(queries.supervision())
  if (!supervision) return null
  const stop = () =>
    attempt(
      () => api.setRunnerWanted({ id, wanted: 'off' }),
      `The runner of ${name} goes after its task.`,
      () => api.setRunnerWanted({ id, wanted: 'on' }),
    )
  return (
    <Button look="quiet" onPress={stop}>
      Stop runner
    </Button>
  )
}

const shown = 10

function Work({ queue }: { queue: Queue }) {
  const filter = { queue_id: queue.id, limit: shown }
  const tasks = useQuery(queries.tasks(filter))
  const { data: next } = useQuery(queries.next(queue.id))
  const total = Object.values(queue.counts).reduce((sum, number) => sum + number, 0)
  return (
    <Section
      title="Tasks"
      aside={
        <>
          {next?.task ? (
            <span className="dim">
              next: <Link href={toTask(next.task.friendly_id)}>{next.task.friendly_id}</Link>
            </span>
          ) : null}
          {total > shown ? <Link href={toTasks({ queue: queue.name })}>all {total}</Link> : null}
        </>
      }
    >
      <Answered query={tasks}>
        {list =>
          list.length > 0 ? (
            <TaskList label="Newest tasks" tasks={list} />
          ) : (
            <Empty commands={fillCommands(queue)}>This lane is empty. A task comes in with:</Empty>
          )
        }
      </Answered>
    </Section>
  )
}

function fillCommands({ name, status }: Queue): string[] {
  if (status === 'ended' || status === 'archived') return []
  const lane = shellQueue(name)
  return [`sparkq enqueue ${lane} -c 'COMMAND'`, `sparkq enqueue ${lane} -t run-bash -- ./scripts/FILE`]
}
