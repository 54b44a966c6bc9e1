import { useQuery } from '@tanstack/react-query'
import type { Queue } from '../../../src/contract/queues.ts'
import { queries, useSessions } from '../../api/queries.ts'
import { useActions } from '../../parts/actions.ts'
import { Button } from '../../parts/button.tsx'
import { Select } from '../../parts/field.tsx'
import { Link } from '../../parts/link.tsx'
import { PageFrame } from '../../parts/page.tsx'
import { navigate, type Place, toQueue, toTasks, withQuery } from '../../parts/router.ts'
import { QueueState } from '../../parts/state.tsx'
import { Line } from '../../parts/texts.tsx'
import { Answered, Empty } from '../../parts/trouble.tsx'
import { QueueForm } from './queue-form.tsx'

const states = [
  { value: '', label: 'All but archived' },
  { value: 'active', label: 'active' },
  { value: 'idle', label: 'paused' },
  { value: 'planned', label: 'planned' },
  { value: 'ended', label: 'ended' },
  { value: 'archived', label: 'archived' },
]

/** Every lane with its counts. */
export default function QueuesPage({ query }: Place) {
  const session = query.get('session') ?? ''
  const status = query.get('status') ?? ''
  const queues = useQuery(queries.queues({ archived: status === 'archived' }))
  const { data: sessions = [] } = useSessions()
  const filter = (changes: Record<string, string>) => navigate(withQuery(changes), { replace: true })
  const open = () => filter({ new: 'lane' })
  useActions([{ title: 'New lane', key: 'n', run: open }])
  return (
    <PageFrame
      title="Queues"
      actions={
        <Button look="primary" hotkey="n" onPress={open}>
          New lane
        </Button>
      }
    >
      <div className="filters">
        <Select
          label="Session"
          value={session}
          choices={[
            { value: '', label: 'All sessions' },
            ...sessions.map(({ name }) => ({ value: name, label: name })),
          ]}
          onChange={session => filter({ session })}
        />
        <Select label="Status" value={status} choices={states} onChange={status => filter({ status })} />
      </div>
      <Answered query={queues}>
        {all => {
          const shown = all.filter(
            queue => (!session || queue.session.name === session) && (!status || queue.status === status),
          )
          if (shown.length > 0) return <Table queues={shown} />
          return session || status ? (
            <Empty>No lane is like that.</Empty>
          ) : (
            <Empty commands={['sparkq queue create NAME']}>
              There is no lane yet: a lane takes tasks, and works them one after the other.
            </Empty>
          )
        }}
      </Answered>
      {query.get('new') === 'lane' ? (
        <QueueForm session={session} onClose={() => filter({ new: '' })} />
      ) : null}
    </PageFrame>
  )
}

function Table({ queues }: { queues: Queue[] }) {
  return (
    <div className="scroll">
      <table className="list queues">
        <thead>
          <tr>
            <th scope="col">Lane</th>
            <th scope="col">Status</th>
            <th scope="col" className="right">
              Queued
            </th>
            <th scope="col" className="right">
              Running
            </th>
            <th scope="col" className="right">
              Succeeded
            </th>
            <th scope="col" className="right">
              Failed
            </th>
            <th scope="col">Session</th>
            <th scope="col">Instructions</th>
          </tr>
        </thead>
        <tbody>
          {queues.map(queue => (
            <Row key={queue.id} queue={queue} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Row({ queue }: { queue: Queue }) {
  const { name, session, counts, instructions } = queue
  return (
    <tr>
      <th scope="row">
        <Link href={toQueue(queue)}>
          <Line text={name} />
        </Link>
      </th>
      <td>
        <QueueState queue={queue} />
      </td>
      {(['queued', 'running', 'succeeded', 'failed'] as const).map(status => (
        <td key={status} className="right number">
          {counts[status] > 0 ? (
            <Link className={`count-${status}`} href={toTasks({ queue: name, status })}>
              {counts[status]}
            </Link>
          ) : (
            <span className="none">0</span>
          )}
        </td>
      ))}
      <td className="dim">
        <Line text={session.name} />
      </td>
      <td className="dim wide">
        <Line text={instructions ?? ''} />
      </td>
    </tr>
  )
}
