import { useQuery } from '@tanstack/react-query'
import { spaceSentence } from '../../../src/contract/space-text.ts'
import { queries, useQueues, useSessions } from '../../api/queries.ts'
import { Select } from '../../parts/field.tsx'
import { PageFrame, Section } from '../../parts/page.tsx'
import { navigate, type Place, withQuery } from '../../parts/router.ts'
import { TaskList } from '../../parts/task-list.tsx'
import { Answered, Empty } from '../../parts/trouble.tsx'
import { Away } from './away.tsx'
import { Lanes } from './lanes.tsx'
import { Runners } from './runners.tsx'

/** What happened, what runs, who works. */
export default function HomePage({ query }: Place) {
  const session = query.get('session') ?? ''
  const { data: space } = useQuery(queries.space())
  return (
    <PageFrame title="SparkQ" heading={<h1 className="unseen">Home</h1>}>
      {space ? <p className="notice state-stale">! {spaceSentence(space)}</p> : null}
      <Away session={session || undefined} />
      <Section title="Lanes now" aside={<SessionChoice value={session} />}>
        <Lanes session={session || undefined} />
      </Section>
      <Latest session={session || undefined} />
      <Runners />
    </PageFrame>
  )
}

function SessionChoice({ value }: { value: string }) {
  const { data: sessions = [] } = useSessions()
  if (sessions.length < 2) return null
  const choices = sessions.filter(it => it.status === 'active' || it.name === value)
  return (
    <Select
      label="Session"
      value={value}
      choices={[
        { value: '', label: 'All sessions' },
        ...choices.map(({ name }) => ({ value: name, label: name })),
      ]}
      onChange={name => navigate(withQuery({ session: name }), { replace: true })}
    />
  )
}

const shown = 8

function Latest({ session }: { session: string | undefined }) {
  // Of one session there may be few among the last ones: more are looked at.
  const latest = useQuery(queries.latest(session ? 40 : shown))
  const { data: queues = [] } = useQueues()
  return (
    <Section title="Latest">
      <Answered query={latest}>
        {tasks => {
          const own = tasks.filter(task => !session || task.session.name === session).slice(0, shown)
          if (own.length > 0) return <TaskList label="Finished last" tasks={own} />
          const example = queues.find(({ status }) => status === 'active')
          return (
            <Empty commands={example ? [`sparkq enqueue -q ${example.name} -c 'echo hello'`] : []}>
              Nothing has finished yet.
            </Empty>
          )
        }}
      </Answered>
    </Section>
  )
}
