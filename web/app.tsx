import { Component, type ComponentType, lazy, type ReactNode, Suspense } from 'react'
import { SparkqError } from '../src/contract/errors.ts'
import type { PageName } from '../src/contract/page-addresses.ts'
import { Button } from './parts/button.tsx'
import { Link } from './parts/link.tsx'
import { PageFrame } from './parts/page.tsx'
import { type Place, usePlace } from './parts/router.ts'
import { Loading, Trouble } from './parts/trouble.tsx'
import { Shell } from './shell/shell.tsx'

const loads = {
  home: () => import('./pages/home/home-page.tsx'),
  review: () => import('./pages/review/review-page.tsx'),
  enqueue: () => import('./pages/enqueue/enqueue-page.tsx'),
  sessions: () => import('./pages/sessions/sessions-page.tsx'),
  queues: () => import('./pages/queues/queues-page.tsx'),
  queue: () => import('./pages/queue/queue-page.tsx'),
  tasks: () => import('./pages/tasks/tasks-page.tsx'),
  task: () => import('./pages/task/task-page.tsx'),
  settings: () => import('./pages/settings/settings-page.tsx'),
}

const task = lazy(loads.task)
const settings = lazy(loads.settings)

/** Each page is a file of its own. */
const pages: Record<PageName, ComponentType<Place>> = {
  home: lazy(loads.home),
  review: lazy(loads.review),
  enqueue: lazy(loads.enqueue),
  sessions: lazy(loads.sessions),
  queues: lazy(loads.queues),
  queue: lazy(loads.queue),
  tasks: lazy(loads.tasks),
  task,
  taskTab: task,
  settings,
  settingsTab: settings,
}

/** The others are fetched once the first one is there, so that they open at once, and while the server is away, too. */
setTimeout(() => {
  // One that could not be fetched is fetched again when it is shown, and says why it cannot be.
  for (const load of Object.values(loads)) load().catch(() => {})
}, 1000)

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
    const { error } = this.state
    if (error === undefined) return this.props.children
    return (
      <PageFrame title="Not shown">
        <Trouble error={isNotLoaded(error) ? notLoaded : error} />
        <div>
          <Button onPress={() => location.reload()}>Load again</Button>
        </div>
      </PageFrame>
    )
  }
}

// Browsers word it differently; all of them throw a TypeError.
const isNotLoaded = (error: unknown): boolean =>
  error instanceof TypeError && /import|module/i.test(error.message)
const notLoaded = new SparkqError(
  'unreachable',
  'This page could not be loaded: the server is away, or has been updated.',
)
