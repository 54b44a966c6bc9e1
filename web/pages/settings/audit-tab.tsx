import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import type { Input } from '../../../src/contract/api.ts'
import type { Event } from '../../../src/contract/events.ts'
import { api } from '../../api/client.ts'
import { useQueues } from '../../api/queries.ts'
import { Button } from '../../parts/button.tsx'
import { Select } from '../../parts/field.tsx'
import { Link } from '../../parts/link.tsx'
import { navigate, toTask, usePlace, withQuery } from '../../parts/router.ts'
import { Line } from '../../parts/texts.tsx'
import { Ago } from '../../parts/times.tsx'
import { Answered } from '../../parts/trouble.tsx'
import { Table } from './table.tsx'

const pageSize = 100

/** What happened, the newest first; its filters are its address. */
export function AuditTab() {
  const { query: asked } = usePlace()
  const [queue, event, task] = ['queue', 'event', 'task'].map(name => asked.get(name) ?? '')
  const { data: queues = [] } = useQueues()
  const filter = {
    ...(queue ? { queue_id: queue } : {}),
    ...(event ? { event } : {}),
    ...(task ? { task_id: task } : {}),
    limit: pageSize,
  } as Input<'listEvents'>
  const found = useInfiniteQuery({
    queryKey: ['audit', filter],
    queryFn: ({ pageParam }) => api.listEvents({ ...filter, ...(pageParam ? { cursor: pageParam } : {}) }),
    initialPageParam: '',
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  })
  const set = (name: string) => (value: string) => navigate(withQuery({ [name]: value }), { replace: true })
  return (
    <>
      <div className="filters">
        <Select
          label="Lane"
          value={queue ?? ''}
          choices={[
            { value: '', label: 'any lane' },
            ...queues.map(({ id, name }) => ({ value: id, label: name })),
          ]}
          onChange={set('queue')}
        />
        <input
          key={`event ${event}`}
          aria-label="Event"
          placeholder="event: task.failed"
          defaultValue={event}
          onKeyDown={press => press.key === 'Enter' && set('event')(press.currentTarget.value.trim())}
        />
        <input
          key={`task ${task}`}
          aria-label="Task"
          placeholder="task: AUTH-7"
          defaultValue={task}
          onKeyDown={press => press.key === 'Enter' && set('task')(press.currentTarget.value.trim())}
        />
      </div>
      <Answered query={found}>
        {({ pages }) => (
          <>
            <Table
              label="Audit log"
              heads={['Number', 'When', 'Event', 'By', 'About', 'Change']}
              empty="Nothing like that has happened."
              rows={pages.flatMap(({ events }) =>
                events.map(it => ({ key: String(it.seq), cells: cellsOf(it) })),
              )}
            />
            {found.hasNextPage ? (
              <div>
                <Button onPress={() => found.fetchNextPage()}>Older</Button>
              </div>
            ) : null}
          </>
        )}
      </Answered>
    </>
  )
}

const cellsOf = (it: Event) => [
  it.seq,
  <Ago key="at" at={it.at} />,
  <code key="event">{it.event}</code>,
  <Line key="by" text={it.actor} />,
  it.task_id ? (
    <Link key="about" href={toTask(it.task_id)}>
      <Line text={it.task_id} className="mono" />
    </Link>
  ) : (
    <Line key="about" text={it.queue_id ?? it.session_id ?? ''} className="mono" />
  ),
  <Line
    key="change"
    className="dim"
    text={`${it.to_status ? `${it.from_status ?? ''} → ${it.to_status} ` : ''}${it.data === null ? '' : JSON.stringify(it.data)}`}
  />,
]
