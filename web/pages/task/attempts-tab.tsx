import { useQuery } from '@tanstack/react-query'
import type { Attempt } from '../../../src/contract/attempts.ts'
import { shellWord } from '../../../src/contract/shell-word.ts'
import { failureText } from '../../../src/contract/task-text.ts'
import type { Task } from '../../../src/contract/tasks.ts'
import { clockExact, duration } from '../../../src/contract/time-text.ts'
import { count, usd } from '../../../src/contract/words.ts'
import { queries } from '../../api/queries.ts'
import { Link } from '../../parts/link.tsx'
import { toTask } from '../../parts/router.ts'
import { Glyph } from '../../parts/state.tsx'
import { Line, Name } from '../../parts/texts.tsx'
import { Answered, Empty } from '../../parts/trouble.tsx'

/** Each run of the task, the first one first. */
export function AttemptsTab({ task }: { task: Task }) {
  return (
    <Answered query={useQuery(queries.attempts(task.id))}>
      {attempts =>
        attempts.length === 0 ? (
          <Empty>It has not run yet.</Empty>
        ) : (
          <ol className="attempts">
            {attempts.map(attempt => (
              <Row key={attempt.number} attempt={attempt} task={task} />
            ))}
          </ol>
        )
      }
    </Answered>
  )
}

function Row({ attempt, task }: { attempt: Attempt; task: Task }) {
  const { number, command, cwd, worker_id, error_message, result_summary, warnings, charged } = attempt
  return (
    <li>
      <p className="attempt-head">
        <span className="number">{number}</span>
        <span className={`state state-${lookOf(attempt)}`}>
          <Glyph look={lookOf(attempt)} />
          {outcomeText(attempt)}
        </span>
        <span className="dim">{timesText(attempt)}</span>
        {charged || attempt.outcome === null ? null : <span className="dim">not charged</span>}
        <Link href={`${toTask(task.friendly_id, 'output')}?attempt=${number}`}>output</Link>
      </p>
      {command ? <Line text={command.map(shellWord).join(' ')} className="mono" /> : null}
      <p className="facts dim">
        {worker_id ? (
          <span>
            by <Name text={worker_id} />
          </span>
        ) : null}
        {cwd ? (
          <span>
            in <Name text={cwd} />
          </span>
        ) : null}
      </p>
      <AgentFacts agent={attempt.agent} />
      {[error_message ?? result_summary, ...warnings, stopText(attempt)].map(text =>
        text ? (
          <p key={text} className="wrap">
            <Name text={text} />
          </p>
        ) : null,
      )}
    </li>
  )
}

/** Who ran, with what, and what that took. */
function AgentFacts({ agent }: Pick<Attempt, 'agent'>) {
  if (!agent) return null
  const { input_tokens, cached_input_tokens, output_tokens, cost_usd } = agent.usage
  const facts = [
    [agent.agent, agent.model, agent.version].filter(Boolean).join(' '),
    agent.turns === undefined ? undefined : count(agent.turns, 'turn'),
    `${tokens.format(input_tokens)} tokens in (${tokens.format(cached_input_tokens)} cached), ${tokens.format(output_tokens)} out`,
    cost_usd === null ? undefined : usd(cost_usd),
  ]
  return <p className="facts">{facts.map(text => (text ? <Name key={text} text={text} /> : null))}</p>
}

const tokens = new Intl.NumberFormat()

const lookOf = ({ outcome }: Attempt) =>
  outcome === null ? 'running' : outcome === 'returned' ? 'waiting' : outcome

function outcomeText(attempt: Attempt): string {
  const { outcome } = attempt
  if (outcome === null) return 'running'
  return outcome === 'failed' ? `failed · ${failureText(attempt)}` : outcome
}

function timesText({ claimed_at, started_at, finished_at }: Attempt): string {
  const from = started_at ?? claimed_at
  if (finished_at === null) return clockExact(from)
  return `${clockExact(from)} → ${clockExact(finished_at)} · ${duration(Date.parse(finished_at) - Date.parse(from))}`
}

function stopText({ stop }: Attempt): string | undefined {
  if (!stop) return undefined
  const signals = stop.signals.map(({ signal }) => signal).join(', then ')
  const left =
    stop.survivors.length === 0
      ? 'nothing survived'
      : `these survived: ${stop.survivors.map(({ pid, command }) => `${pid} ${command}`).join(', ')}`
  return `Stopped ${count(stop.stopped, 'process', 'processes')}${signals ? ` by ${signals}` : ''}; ${left}.`
}
