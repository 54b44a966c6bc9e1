import { useQuery } from '@tanstack/react-query'
import { Fragment } from 'react'
import type { Attempt } from '../../../src/contract/attempts.ts'
import type { Queue } from '../../../src/contract/queues.ts'
import type { Task } from '../../../src/contract/tasks.ts'
import { count } from '../../../src/contract/words.ts'
import { queries } from '../../api/queries.ts'
import { Link } from '../../parts/link.tsx'
import { Section } from '../../parts/page.tsx'
import { Patch } from '../../parts/patch.tsx'
import { toTask } from '../../parts/router.ts'
import { Block, Name } from '../../parts/texts.tsx'
import { Answered } from '../../parts/trouble.tsx'
import { readTail, type Tail } from './tail.ts'

const shown = 14

/** The end of what it wrote; of an agent, what is not its events. */
export function LastLines({ task, isAgent }: { task: Task; isAgent: boolean }) {
  const { id, attempt, friendly_id } = task
  const tail = useQuery({
    queryKey: ['attempts', id, 'tail', attempt, isAgent],
    queryFn: () => readTail(id, attempt ?? 1, shown, isAgent),
    enabled: attempt !== null,
  })
  if (attempt === null) return <p className="dim">It never ran, and has written nothing.</p>
  const all = <Link href={toTask(friendly_id, 'output')}>all of it</Link>
  return (
    <Section title="Last lines" aside={all}>
      <Answered query={tail}>
        {data =>
          data.lines.length === 0 ? (
            <p className="dim">{isAgent ? 'Nothing but the agent’s events.' : 'It wrote nothing.'}</p>
          ) : (
            <Lines tail={data} label={`Last lines of ${friendly_id}`} />
          )
        }
      </Answered>
    </Section>
  )
}

function Lines({ tail, label }: { tail: Tail; label: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <div role="group" className="output-lines review-lines" aria-label={label} tabIndex={0}>
      {tail.lines.map(({ stream, spans }, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines that were read do not move
        <div key={at} className={stream}>
          {spans.map(({ text, classes }, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: as above
            <span key={at} className={classes}>
              {text}
            </span>
          ))}
        </div>
      ))}
    </div>
  )
}

/** Shown where there was a work tree to look at. */
export function PatchOf({ task }: { task: Task }) {
  const { data, error } = useQuery(queries.patch(task.id))
  if (error) return <Answered query={{ data: undefined, error }}>{() => null}</Answered>
  if (!data || (data.changes === null && data.patch === '')) return null
  return (
    <Section title="Changes">
      <Patch changes={data.changes} patch={data.patch} />
    </Section>
  )
}

/** What was to prove that the work is done, and whether it did. */
export function CheckResult({ task }: { task: Task }) {
  const { data: queue } = useQuery(queries.queue(task.queue.id))
  const own = (task.payload as { check?: unknown } | null)?.check
  const check = typeof own === 'string' ? own : laneCheck(queue, task)
  if (!check) return null
  const failed = task.error_type === 'check_failed'
  const passed = task.status === 'succeeded'
  return (
    <p className="facts">
      <span className="dim">Check</span>
      <code className="wrap">
        <Name text={check} />
      </code>
      <span className={passed ? 'state-succeeded' : failed ? 'state-failed' : 'dim'}>
        {passed ? '✓ passed' : failed ? '✗ failed' : 'not reached'}
      </span>
    </p>
  )
}

/** A lane that was changed since may have had another one then. */
function laneCheck(queue: Queue | undefined, { started_at }: Task): string | undefined {
  const isOld = queue && started_at !== null && queue.updated_at <= started_at
  return isOld ? queue.settings.check : undefined
}

/** What attempts met with, and what the person was asked. */
export function Notes({ task, attempts }: { task: Task; attempts: Attempt[] }) {
  const warnings = attempts.flatMap(({ number, warnings }) =>
    warnings.map(text => ({
      key: `${number} ${text}`,
      text: attempts.length > 1 ? `Attempt ${number}: ${text}` : text,
    })),
  )
  const answered = (task.questions ?? []).filter(({ answer }) => answer !== null)
  return (
    <>
      {warnings.map(({ key, text }) => (
        <p key={key} className="wrap state-waiting">
          ! <Name text={text} />
        </p>
      ))}
      {answered.length > 0 ? (
        <dl className="review-answers">
          {answered.map(({ id, question, answer }) => (
            <Fragment key={id}>
              <dt className="dim">
                It asked: <Name text={question} />
              </dt>
              <dd>
                <Name text={answer ?? ''} />
              </dd>
            </Fragment>
          ))}
        </dl>
      ) : null}
    </>
  )
}

/** Folded: what the lane is about, to hold the work against. */
export function Instructions({ task: { queue } }: { task: Task }) {
  const text = queue.instructions?.trim()
  if (!text) return null
  return (
    <details className="review-fold">
      <summary>
        Instructions of <Name text={queue.name} /> · {count(text.split('\n').length, 'line')}
      </summary>
      <Block text={text} label={`Instructions of ${queue.name}`} />
    </details>
  )
}
