import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Queue } from '../../src/contract/queues.ts'
import { connection } from '../api/live.ts'
import { queries, useQueues, useSessions } from '../api/queries.ts'
import { useStore } from '../api/store.ts'
import { Button } from '../parts/button.tsx'
import { Link } from '../parts/link.tsx'
import { toQueue, usePlace } from '../parts/router.ts'
import { Glyph, queueLook } from '../parts/state.tsx'
import { Line } from '../parts/texts.tsx'
import { places } from './places.ts'
import { useReviewCount } from './review-count.ts'
import { chooseTheme, chosenTheme, type Theme, themes } from './theme.ts'

type Props = { open: boolean; onToggle: () => void; onPalette: () => void; onKeys: () => void }

export function Navigation({ open, onToggle, onPalette, onKeys }: Props) {
  return (
    <header className={`side ${open ? 'open' : ''}`}>
      <div className="side-top">
        <Link className="brand" href="/ui/">
          SparkQ
        </Link>
        <ConnectionSign />
        <button
          type="button"
          className="button quiet menu"
          aria-expanded={open}
          aria-controls="navigation"
          onClick={onToggle}
        >
          Menu
        </button>
      </div>
      <nav id="navigation" aria-label="Pages and lanes">
        <PageLinks />
        <Lanes />
        <div className="side-foot">
          <Button look="quiet" onPress={onPalette}>
            Go to …
          </Button>
          <Button look="quiet" onPress={onKeys}>
            Keys
          </Button>
          <ThemeChoice />
          <Version />
        </div>
      </nav>
    </header>
  )
}

function PageLinks() {
  const { page } = usePlace()
  const here = { queue: 'Queues', queues: 'Queues', task: 'Tasks', taskTab: 'Tasks', tasks: 'Tasks' }
  const settings = { settings: 'Settings', settingsTab: 'Settings' }
  const own = { home: 'Home', sessions: 'Sessions', review: 'Review', enqueue: 'Enqueue' }
  const section = { ...here, ...settings, ...own }[page ?? 'home']
  const waiting = useReviewCount()
  return (
    <ul>
      {places.map(({ title, href }) => (
        <li key={href}>
          <Link href={href} {...(page && section === title ? { 'aria-current': 'page' } : {})}>
            {title}
            {title === 'Review' && waiting > 0 ? (
              <span className="number nav-count">
                {waiting}
                <span className="unseen"> to look at</span>
              </span>
            ) : null}
          </Link>
        </li>
      ))}
    </ul>
  )
}

/** The lanes by session, with how many tasks wait in them; what has ended is on the pages alone. */
function Lanes() {
  const { data: queues = [] } = useQueues()
  const { data: sessions = [] } = useSessions()
  const open = queues.filter(({ status }) => status !== 'ended')
  const groups = sessions
    .toReversed()
    .map(session => ({ session, lanes: open.filter(queue => queue.session.id === session.id) }))
  return groups
    .filter(({ lanes }) => lanes.length > 0)
    .map(({ session, lanes }) => (
      <section key={session.id} aria-label={`Lanes of ${session.name}`}>
        <h2>
          <Line text={session.name} />
        </h2>
        <ul>
          {lanes.map(queue => (
            <Lane key={queue.id} queue={queue} />
          ))}
        </ul>
      </section>
    ))
}

function Lane({ queue }: { queue: Queue }) {
  const { params } = usePlace()
  const isHere = params.queue === queue.name || params.queue === queue.id
  const { queued } = queue.counts
  return (
    <li>
      <Link
        className="lane-link"
        href={toQueue(queue)}
        {...(isHere ? { 'aria-current': 'page' as const } : {})}
      >
        <Glyph look={queueLook(queue)} />
        <Line text={queue.name} />
        {queued > 0 ? (
          <span className="number dim">
            {queued}
            <span className="unseen"> queued</span>
          </span>
        ) : null}
      </Link>
    </li>
  )
}

const signs = {
  connecting: 'connecting',
  connected: 'connected',
  gone: 'not connected',
  refused: 'not let in',
} as const

function ConnectionSign() {
  const { state } = useStore(connection)
  return (
    <span className={`sign ${state}`} title={signs[state]}>
      <span aria-hidden="true">{state === 'connected' ? '●' : state === 'connecting' ? '○' : '!'}</span>
      <span className="unseen">{signs[state]}</span>
    </span>
  )
}

function ThemeChoice() {
  const [theme, setTheme] = useState<Theme>(chosenTheme)
  const choose = (next: Theme) => {
    chooseTheme(next)
    setTheme(next)
  }
  return (
    <fieldset className="theme">
      <legend className="unseen">Colours</legend>
      {themes.map(it => (
        <label key={it}>
          <input type="radio" name="theme" checked={it === theme} onChange={() => choose(it)} />
          <span>{it}</span>
        </label>
      ))}
    </fieldset>
  )
}

function Version() {
  const { data } = useQuery(queries.version())
  return (
    <p className="dim version">
      {data ?? ' '}{' '}
      <a href="/docs" className="dim">
        API
      </a>
    </p>
  )
}
