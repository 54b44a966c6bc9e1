import { Component, type ComponentType, lazy, type ReactNode, Suspense } from 'react'
import type { PageName } from '../src/contract/page-addresses.ts'
import { Link } from './parts/link.tsx'
import { PageFrame } from './parts/page.tsx'
import { type Place, usePlace } from './parts/router.ts'
import { Loading, Trouble } from './parts/trouble.tsx'
import { Shell } from './shell/shell.tsx'

const task = lazy(() => import('./pages/task/task-page.tsx'))

/** Each page is a file of its own, fetched when it is first shown. */
const pages: Record<PageName, ComponentType<Place>> = {
  home: lazy(() => import('./pages/home/home-page.tsx')),
  sessions: lazy(() => import('./pages/sessions/sessions-page.tsx')),
  queues: lazy(() => import('./pages/queues/queues-page.tsx')),
  queue: lazy(() => import('./pages/queue/queue-page.tsx')),
  tasks: lazy(() => import('./pages/tasks/tasks-page.tsx')),
  task,
  taskTab: task,
}

export function App() {
  const place = usePlace()
  const Page = place.page && pages[place.page]
  return (
    <Shell>
      <Mishap key={`${place.page} ${Object.values(place.params)[0]}`}>
        <Suspense fallback={<Loading />}>{Page ? <Page {...place} /> : <Nowhere />}</Suspense>
      </Mishap>
    </Shell>
  )
}

function Nowhere() {
  return (
    <PageFrame title="Nothing here">
      <p>
        There is no page at this address. <Link href="/ui/">Home</Link>
      </p>
    </PageFrame>
  )
}

/** A mistake in one page leaves the rest of it standing, and is shown. */
class Mishap extends Component<{ children: ReactNode }, { error?: unknown }> {
  override state: { error?: unknown } = {}
  static getDerivedStateFromError = (error: unknown) => ({ error })
  override render() {
    if (this.state.error === undefined) return this.props.children
    return (
      <PageFrame title="A mistake">
        <Trouble error={this.state.error} />
      </PageFrame>
    )
  }
}
