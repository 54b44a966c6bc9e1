import { lookOf, timeText } from '../../../src/contract/task-text.ts'
import type { Task } from '../../../src/contract/tasks.ts'
import { clockExact, duration, span } from '../../../src/contract/time-text.ts'
import { useNow } from '../../parts/now.ts'
import { exactly } from '../../parts/times.tsx'

/** From created over claimed and started to finished: as bars to scale, and as times. */
export function Strip({ task }: { task: Task }) {
  const isOver = task.finished_at !== null
  const now = useNow(isOver ? Number.MAX_SAFE_INTEGER : 1000)
  const end = isOver ? Date.parse(task.finished_at as string) : Math.max(now, Date.parse(task.created_at))
  const steps = [
    ['created', task.created_at],
    ['claimed', task.claimed_at],
    ['started', task.started_at],
    ['finished', task.finished_at],
  ].filter((step): step is [string, string] => step[1] !== null)
  const lengths = steps
    .filter(([name]) => name !== 'finished')
    .map(([name, at], index) => {
      const next = steps[index + 1]
      return { name, ms: Math.max(0, (next ? Date.parse(next[1]) : end) - Date.parse(at)) }
    })
  const waited = (task.claimed_at ? Date.parse(task.claimed_at) : end) - Date.parse(task.created_at)
  const took = timeText(task)
  return (
    <div className="strip">
      <div className="strip-bars" aria-hidden="true">
        {lengths.map(({ name, ms }) => (
          <span
            key={name}
            className={`bar-${name} look-${lookOf(task)}`}
            style={{ flexGrow: Math.max(1, ms) }}
            title={`${name}: ${duration(ms)}`}
          />
        ))}
      </div>
      <ol className="strip-times">
        {steps.map(([name, at]) => (
          <li key={name}>
            <span className="dim">{name}</span>{' '}
            <time dateTime={at} title={exactly(at)}>
              {clockExact(at)}
            </time>
          </li>
        ))}
        <li className="number strip-took">
          {waited >= 100 ? <span className="dim">waited {duration(waited)} · </span> : null}
          {took && isOver ? `${took} of ${span(task.timeout)}` : took}
        </li>
      </ol>
    </div>
  )
}
