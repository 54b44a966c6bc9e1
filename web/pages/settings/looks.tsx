import { useQuery } from '@tanstack/react-query'
import type { Provider } from '../../../src/contract/agents.ts'
import { span } from '../../../src/contract/time-text.ts'
import { api } from '../../api/client.ts'
import { queries } from '../../api/queries.ts'
import { Button } from '../../parts/button.tsx'
import { Command } from '../../parts/command.tsx'
import { Link } from '../../parts/link.tsx'
import { toQueue } from '../../parts/router.ts'
import { Line, Name } from '../../parts/texts.tsx'
import { Ago } from '../../parts/times.tsx'
import { attempt } from '../../parts/toasts.tsx'
import { Answered } from '../../parts/trouble.tsx'
import { Table } from './table.tsx'

/** What agents depend on: whether they may begin work, why not, and until when. */
export function ProvidersTab() {
  const query = useQuery({
    queryKey: ['providers'],
    queryFn: async () => (await api.listProviders()).providers,
  })
  return (
    <Answered query={query}>
      {all => (
        <Table
          label="Providers"
          heads={['Provider', 'State', 'Why', 'Queued', 'Actions']}
          empty="There is no provider."
          rows={all.map(provider => ({ key: provider.name, cells: providerCells(provider) }))}
        />
      )}
    </Answered>
  )
}

const providerCells = (provider: Provider) => [
  provider.name,
  <span key="state">
    {provider.status === 'open' ? '● open' : provider.status === 'paused' ? '⏸ paused' : '⏸ limited'}
    {provider.until ? (
      <>
        {' '}
        until <Ago at={provider.until} />
      </>
    ) : null}
  </span>,
  <span key="why">
    {provider.message ? <Name text={provider.message} /> : null}
    {provider.mend ? <Command text={provider.mend} /> : null}
  </span>,
  provider.queued,
  provider.status === 'open' ? (
    <Button key="acts" look="quiet" aria-label={`Pause ${provider.name}`} onPress={() => pause(provider)}>
      Pause
    </Button>
  ) : (
    <Button key="acts" look="quiet" aria-label={`Resume ${provider.name}`} onPress={() => resume(provider)}>
      Resume
    </Button>
  ),
]

const pause = ({ name }: Provider) =>
  attempt(
    () => api.pauseProvider({ name }),
    `Paused ${name}: no task that needs it begins.`,
    () => api.resumeProvider({ name }),
  )
const resume = ({ name }: Provider) => attempt(() => api.resumeProvider({ name }), `Resumed ${name}.`)

/** Who works which lane. */
export function RunnersTab() {
  return (
    <Answered query={useQuery(queries.runners())}>
      {all => (
        <Table
          label="Runners"
          heads={['Worker', 'Lane', 'Does', 'Done', 'Started', 'Heard of']}
          empty="No runner works. This keeps one on every lane:"
          commands={['sparkq start --all']}
          rows={all.map(runner => ({
            key: runner.id,
            cells: [
              <Line key="worker" text={`${runner.worker_id}${runner.remote ? ' · elsewhere' : ''}`} />,
              <Link key="lane" href={toQueue(runner.queue)}>
                <Line text={runner.queue.name} />
              </Link>,
              runner.lost ? '! lost' : runner.task_id === null ? '○ waits' : '● works',
              runner.done,
              <Ago key="started" at={runner.started_at} />,
              <Ago key="heard" at={runner.heartbeat_at} />,
            ],
          }))}
        />
      )}
    </Answered>
  )
}

/** The scripts that the project has, with what their headers say. */
export function ScriptsTab() {
  const query = useQuery({ queryKey: ['config', 'scripts'], queryFn: () => api.listScripts(), staleTime: 0 })
  return (
    <Answered query={query}>
      {({ scripts, warnings }) => (
        <>
          {warnings.map(text => (
            <p key={text} className="wrap">
              ! <Name text={text} />
            </p>
          ))}
          <Table
            label="Scripts"
            heads={['Name', 'Path', 'Description', 'Inputs', 'Timeout']}
            empty="No script is in the folders of script_dirs. This says which those are:"
            commands={['sparkq config script_dirs']}
            rows={scripts.map(script => ({
              key: script.path,
              cells: [
                <Name key="name" text={script.name} />,
                <Line key="path" className="mono" text={script.path} />,
                <Line key="about" text={script.description ?? ''} />,
                <Line key="inputs" text={script.inputs.map(({ name }) => name).join(', ')} />,
                script.timeout === null ? '' : span(script.timeout),
              ],
            }))}
          />
        </>
      )}
    </Answered>
  )
}
