import { useQuery } from '@tanstack/react-query'
import type { Runner } from '../../../src/contract/runners.ts'
import { queries } from '../../api/queries.ts'
import { Link } from '../../parts/link.tsx'
import { Section } from '../../parts/page.tsx'
import { toQueue } from '../../parts/router.ts'
import { Line } from '../../parts/texts.tsx'
import { Ago } from '../../parts/times.tsx'
import { Answered, Empty } from '../../parts/trouble.tsx'

/** Who works which lane. */
export function Runners() {
  const runners = useQuery(queries.runners())
  const { data: supervision } = useQuery(queries.supervision())
  return (
    <Section title="Runners">
      <Answered query={runners}>
        {all =>
          all.length > 0 ? (
            <div className="scroll">
              <table className="list">
                <thead>
                  <tr>
                    <th scope="col">Lane</th>
                    <th scope="col">Worker</th>
                    <th scope="col">Does</th>
                    <th scope="col" className="right">
                      Done
                    </th>
                    <th scope="col">Since</th>
                  </tr>
                </thead>
                <tbody>
                  {all.map(runner => (
                    <Row key={runner.id} runner={runner} />
                  ))}
                </tbody>
              </table>
            </div>
          ) : (
            <Empty commands={[supervision ? 'sparkq start --all' : 'sparkq runner --all']}>
              No runner works. This keeps one on every lane:
            </Empty>
          )
        }
      </Answered>
    </Section>
  )
}

function Row({ runner }: { runner: Runner }) {
  const { queue, worker_id, done, started_at, remote } = runner
  return (
    <tr>
      <td>
        <Link href={toQueue(queue)}>
          <Line text={queue.name} />
        </Link>
      </td>
      <td className="dim">
        <Line text={`${worker_id}${remote ? ' · elsewhere' : ''}`} />
      </td>
      <td>{doesText(runner)}</td>
      <td className="right number">{done}</td>
      <td className="dim">
        <Ago at={started_at} />
      </td>
    </tr>
  )
}

function doesText({ lost, stop_requested_at, task_id }: Runner): string {
  if (lost) return '! lost'
  if (stop_requested_at !== null) return task_id === null ? 'stops' : 'stops after its task'
  return task_id === null ? '○ waits' : '● works'
}
