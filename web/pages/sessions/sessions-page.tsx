import { useState } from 'react'
import type { Session } from '../../../src/contract/sessions.ts'
import { oneLine } from '../../../src/contract/visible-text.ts'
import { count } from '../../../src/contract/words.ts'
import { api } from '../../api/client.ts'
import { useQueues, useSessions } from '../../api/queries.ts'
import { useActions } from '../../parts/actions.ts'
import { Button } from '../../parts/button.tsx'
import { confirm } from '../../parts/confirm.tsx'
import { Link } from '../../parts/link.tsx'
import { PageFrame } from '../../parts/page.tsx'
import { navigate, type Place, toTasks, withQuery } from '../../parts/router.ts'
import { Line } from '../../parts/texts.tsx'
import { Ago } from '../../parts/times.tsx'
import { attempt } from '../../parts/toasts.tsx'
import { Answered, Empty } from '../../parts/trouble.tsx'
import { SessionForm } from './session-form.tsx'

/** Every session, with what can be done with it. */
export default function SessionsPage({ query }: Place) {
  const sessions = useSessions()
  const [edited, setEdited] = useState<Session | undefined>()
  const isNew = query.get('new') === 'session'
  const open = () => navigate(withQuery({ new: 'session' }), { replace: true })
  const close = () => {
    setEdited(undefined)
    navigate(withQuery({ new: undefined }), { replace: true })
  }
  useActions([{ title: 'New session', key: 'n', run: open }])
  return (
    <PageFrame
      title="Sessions"
      actions={
        <Button look="primary" hotkey="n" onPress={open}>
          New session
        </Button>
      }
    >
      <Answered query={sessions}>
        {all =>
          all.length === 0 ? (
            <Empty commands={['sparkq session create NAME']}>
              There is no session yet: it groups the lanes of a stretch of work.
            </Empty>
          ) : (
            <ul className="cards">
              {all.map(session => (
                <Row key={session.id} session={session} onEdit={() => setEdited(session)} />
              ))}
            </ul>
          )
        }
      </Answered>
      {isNew || edited ? <SessionForm session={edited} onClose={close} /> : null}
    </PageFrame>
  )
}

function Row({ session, onEdit }: { session: Session; onEdit: () => void }) {
  const { name, status, instructions, queue_count, created_at, ended_at } = session
  const lanes = (useQueues().data ?? []).filter(queue => queue.session.id === session.id)
  const running = lanes.reduce((sum, lane) => sum + lane.counts.running, 0)
  return (
    <li className={status === 'ended' ? 'over' : ''}>
      <div className="card-head">
        <h2>
          <Line text={name} />
        </h2>
        <span className="dim">{status === 'active' ? 'active' : 'ended'}</span>
      </div>
      {instructions ? <Line text={instructions} className="dim" /> : null}
      <p className="facts">
        <Link href={`/ui/queues?session=${encodeURIComponent(name)}`}>{count(queue_count, 'lane')}</Link>
        <Link href={toTasks({ session: name })}>tasks</Link>
        <span className="dim">
          {ended_at ? 'ended ' : 'since '}
          <Ago at={ended_at ?? created_at} />
        </span>
      </p>
      <div className="card-actions">
        <Button onPress={onEdit} aria-label={`Edit session ${name}`}>
          Edit
        </Button>
        {status === 'active' ? (
          <Button onPress={() => end(session, running)} aria-label={`End session ${name}`}>
            End
          </Button>
        ) : null}
        <Button look="danger" onPress={() => remove(session, running)} aria-label={`Delete session ${name}`}>
          Delete
        </Button>
      </div>
    </li>
  )
}

async function end({ id, name, queue_count }: Session, running: number): Promise<void> {
  const yes = await confirm({
    title: 'End this session?',
    text: `"${oneLine(name)}" and its ${count(queue_count, 'lane')} take no more tasks; what is queued in them is cancelled.${stopped(running)}`,
    action: running > 0 ? 'Cancel and end' : 'End session',
  })
  if (yes)
    await attempt(
      () => api.endSession({ id, cancel_running: running > 0 }),
      `Ended session ${oneLine(name)}.`,
    )
}

async function remove({ id, name, queue_count }: Session, running: number): Promise<void> {
  const yes = await confirm({
    title: 'Delete this session?',
    text: `"${oneLine(name)}" goes with its ${count(queue_count, 'lane')}, their tasks and all output. That cannot be undone.${stopped(running)}`,
    action: running > 0 ? 'Cancel and delete' : 'Delete session',
  })
  if (yes)
    await attempt(
      () => api.deleteSession({ id, cancel_running: running > 0 }),
      `Deleted session ${oneLine(name)}.`,
    )
}

const stopped = (running: number): string =>
  running === 0
    ? ''
    : ` ${count(running, 'task runs', 'tasks run')} now and ${running === 1 ? 'is' : 'are'} stopped.`
