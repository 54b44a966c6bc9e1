import { useMemo, useRef } from 'react'
import { type TaskFilter, useTaskPages } from '../../api/task-pages.ts'
import { PageFrame } from '../../parts/page.tsx'
import type { Place } from '../../parts/router.ts'
import { Empty, Loading, Trouble } from '../../parts/trouble.tsx'
import { Filters } from './filters.tsx'
import { filterOf } from './task-filter.ts'
import { TaskTable } from './task-table.tsx'

/** Every task, by whatever one looks for; what is chosen is the address. */
export default function TasksPage({ query }: Place) {
  const address = query.toString()
  const filter = useMemo<TaskFilter>(() => filterOf(new URLSearchParams(address)), [address])
  const { tasks, isWhole, added, error, more } = useTaskPages(filter)
  // Until the first answer, what was shown before stays, so that nothing jumps.
  const before = useRef(tasks)
  if (tasks) before.current = tasks
  const shown = tasks ?? before.current
  return (
    <PageFrame title="Tasks" wide>
      <Filters query={query} />
      {error ? <Trouble error={error} /> : null}
      {shown && shown.length > 0 ? (
        <TaskTable tasks={shown} isWhole={isWhole} added={added} more={more} />
      ) : null}
      {!shown && !error ? <Loading /> : null}
      {tasks?.length === 0 ? <Nothing filtered={address !== ''} /> : null}
    </PageFrame>
  )
}

function Nothing({ filtered }: { filtered: boolean }) {
  if (filtered) return <Empty>No task is like that.</Empty>
  return (
    <Empty commands={["sparkq enqueue -q NAME -c 'COMMAND'", 'sparkq queue list']}>
      There is no task yet. One comes in with:
    </Empty>
  )
}
