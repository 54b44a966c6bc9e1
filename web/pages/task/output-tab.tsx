import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { Task } from '../../../src/contract/tasks.ts'
import { api } from '../../api/client.ts'
import { queries } from '../../api/queries.ts'
import type { OutputSource } from '../../output/output-source.ts'
import '../../output/output-view.ts'
import { copy } from '../../parts/command.tsx'
import { Select } from '../../parts/field.tsx'
import { navigate, usePlace, withQuery } from '../../parts/router.ts'
import { Answered, Empty } from '../../parts/trouble.tsx'
import { transcriptSource } from './transcript-source.ts'

/** What an attempt has written, and goes on writing. */
export function OutputTab({ task }: { task: Task }) {
  const number = useAttemptNumber(task)
  const { id, friendly_id } = task
  const source = useMemo(
    () => (number === null ? undefined : sourceOf({ id, friendly_id }, number)),
    [id, friendly_id, number],
  )
  if (!source || number === null) return <Empty>It has not run yet, so it has written nothing.</Empty>
  return (
    <>
      <AttemptChoice task={task} number={number} />
      <sparkq-output source={source} />
    </>
  )
}

/** What an agent said and did, out of the events that it prints. */
export function TranscriptTab({ task }: { task: Task }) {
  const number = useAttemptNumber(task)
  const attempts = useQuery(queries.attempts(task.id))
  const { id, friendly_id } = task
  const { data: tools } = useQuery(queries.tools())
  // While it runs, the tool says whose events they are.
  const agent =
    attempts.data?.find(it => it.number === number)?.agent?.agent ??
    tools?.find(({ name }) => name === task.tool_name)?.agent
  const source = useMemo(() => {
    if (number === null || !agent) return undefined
    const label = `Transcript of ${friendly_id}`
    const fileName = `${friendly_id}-${number}.txt`
    return { ...transcriptSource(agent, sourceOf({ id, friendly_id }, number)), label, fileName }
  }, [id, friendly_id, number, agent])
  if (number === null) return <Empty>It has not run yet, so there is nothing to tell.</Empty>
  return (
    <>
      <AttemptChoice task={task} number={number} />
      <Answered query={attempts}>
        {() =>
          source ? (
            <sparkq-output source={source} />
          ) : (
            <Empty>No agent has run here: what it wrote is under Output.</Empty>
          )
        }
      </Answered>
    </>
  )
}

function useAttemptNumber({ attempt }: Task): number | null {
  const asked = Number(usePlace().query.get('attempt'))
  return asked >= 1 && asked <= (attempt ?? 0) ? asked : attempt
}

const sourceOf = ({ id, friendly_id }: Pick<Task, 'id' | 'friendly_id'>, attempt: number): OutputSource => ({
  label: `Output of ${friendly_id}`,
  fileName: `${friendly_id}-${attempt}.log`,
  copy,
  marks: after => api.listOutputMarks({ id, attempt, after }),
  read: (stream, offset, limit) => api.readOutput({ id, attempt, stream, offset, limit }),
})

function AttemptChoice({ task, number }: { task: Task; number: number }) {
  if ((task.attempt ?? 1) < 2) return null
  const choices = Array.from({ length: task.attempt ?? 1 }, (_, at) => ({
    value: String(at + 1),
    label: `Attempt ${at + 1}`,
  }))
  return (
    <Select
      label="Attempt"
      value={String(number)}
      choices={choices}
      onChange={attempt => navigate(withQuery({ attempt }), { replace: true })}
    />
  )
}

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'sparkq-output': { source: OutputSource }
    }
  }
}
