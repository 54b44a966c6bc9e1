import { useQuery } from '@tanstack/react-query'
import type { Queue } from '../../src/contract/queues.ts'
import { shellQueue } from '../../src/contract/shell-word.ts'
import { api } from '../api/client.ts'
import { queries } from '../api/queries.ts'
import { Button } from './button.tsx'
import { Command } from './command.tsx'
import { attempt } from './toasts.tsx'

/** A lane without a runner gets one: from the server, where that keeps runners, else by what is typed in a terminal. */
export function NoRunner({ queue }: { queue: Pick<Queue, 'id' | 'name'> }) {
  const { data: supervision } = useQuery(queries.supervision())
  if (supervision === undefined) return null
  if (supervision === null) return <Command text={`sparkq runner ${shellQueue(queue.name)}`} />
  const start = () =>
    attempt(() => api.setRunnerWanted({ id: queue.id, wanted: 'on' }), `A runner starts on ${queue.name}.`)
  return (
    <Button onPress={start} aria-label={`Start a runner on ${queue.name}`}>
      start
    </Button>
  )
}
