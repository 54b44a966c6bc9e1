import { useMemo } from 'react'
import type { Task } from '../../../src/contract/tasks.ts'
import { api } from '../../api/client.ts'
import type { OutputSource } from '../../output/output-source.ts'
import '../../output/output-view.ts'
import { copy } from '../../parts/command.tsx'
import { Select } from '../../parts/field.tsx'
import { navigate, usePlace, withQuery } from '../../parts/router.ts'
import { Empty } from '../../parts/trouble.tsx'

/** What an attempt has written, and goes on writing. */
export function OutputTab({ task }: { task: Task }) {
  const asked = Number(usePlace().query.get('attempt'))
  const number = asked >= 1 && asked <= (task.attempt ?? 0) ? asked : task.attempt
  const { id, friendly_id } = task
  const source = useMemo<OutputSource | undefined>(() => {
    if (number === null) return undefined
    return {
      label: `Output of ${friendly_id}`,
      fileName: `${friendly_id}-${number}.log`,
      copy,
      marks: after => api.listOutputMarks({ id, attempt: number, after }),
      read: (stream, offset, limit) => api.readOutput({ id, attempt: number, stream, offset, limit }),
    }
  }, [id, friendly_id, number])
  if (!source || number === null) return <Empty>It has not run yet, so it has written nothing.</Empty>
  return (
    <>
      {(task.attempt ?? 1) > 1 ? (
        <Select
          label="Attempt"
          value={String(number)}
          choices={Array.from({ length: task.attempt ?? 1 }, (_, at) => ({
            value: String(at + 1),
            label: `Attempt ${at + 1}`,
          }))}
          onChange={attempt => navigate(withQuery({ attempt }), { replace: true })}
        />
      ) : null}
      <sparkq-output source={source} />
    </>
  )
}

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'sparkq-output': { source: OutputSource }
    }
  }
}
