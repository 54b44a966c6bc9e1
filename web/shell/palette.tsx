import { useQuery } from '@tanstack/react-query'
import { type KeyboardEvent, useDeferredValue, useEffect, useId, useRef, useState } from 'react'
import { describeWork } from '../../src/contract/task-text.ts'
import { api } from '../api/client.ts'
import { useQueues, useSessions } from '../api/queries.ts'
import { allActions } from '../parts/actions.ts'
import { Dialog } from '../parts/dialog.tsx'
import { navigate, toEnqueue, toQueue, toTask, toTasks } from '../parts/router.ts'
import { Line } from '../parts/texts.tsx'
import { places } from './places.ts'
import { chooseTheme, themes } from './theme.ts'

type Entry = { kind: string; text: string; run: () => unknown }

const most = 60

/** Reaches every page, lane, session and task, and whatever can be done on the page that is shown. */
export function Palette({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const list = useRef<HTMLDivElement>(null)
  const id = useId()
  const known = useEntries()
  const found = [...matching(known, text), ...useTasks(text)].slice(0, most)
  const chosen = Math.min(at, found.length - 1)

  const run = (entry: Entry | undefined) => {
    if (!entry) return
    onClose()
    // After the dialog has given the focus back: what it opens may take it.
    setTimeout(entry.run)
  }
  const press = (event: KeyboardEvent) => {
    const steps = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (steps === undefined && event.key !== 'Enter') return
    event.preventDefault()
    if (event.key === 'Enter') run(found[chosen])
    else if (steps) setAt((chosen + steps + found.length) % Math.max(1, found.length))
  }
  useEffect(() => {
    list.current?.children[chosen]?.scrollIntoView({ block: 'nearest' })
  }, [chosen])

  return (
    <Dialog
      title={<span className="unseen">Go anywhere, do anything</span>}
      onClose={onClose}
      className="palette"
    >
      <input
        type="text"
        role="combobox"
        aria-expanded="true"
        aria-controls={id}
        aria-activedescendant={found.length > 0 ? `${id}-${chosen}` : undefined}
        aria-label="Page, lane, task or action"
        placeholder="Page, lane, task or action"
        autoComplete="off"
        spellCheck={false}
        autoFocus
        value={text}
        onChange={event => {
          setText(event.target.value)
          setAt(0)
        }}
        onKeyDown={press}
      />
      <div role="listbox" id={id} ref={list} aria-label="What was found">
        {found.map((entry, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the box above has the keys
          <div
            key={`${entry.kind} ${entry.text}`}
            role="option"
            id={`${id}-${index}`}
            aria-selected={index === chosen}
            onClick={() => run(entry)}
          >
            <Line text={entry.text} />
            <span className="dim">{entry.kind}</span>
          </div>
        ))}
      </div>
      {found.length === 0 ? <p className="dim nothing">Nothing is called that.</p> : null}
    </Dialog>
  )
}

function useEntries(): Entry[] {
  const { data: queues = [] } = useQueues()
  const { data: sessions = [] } = useSessions()
  const go = (kind: string, text: string, href: string): Entry => ({ kind, text, run: () => navigate(href) })
  return [
    ...allActions().map(({ title, run }) => ({ kind: 'here', text: title, run })),
    ...places.map(({ title, href }) => go('page', title, href)),
    ...queues.map(queue => go('lane', queue.name, toQueue(queue))),
    ...queues.map(queue => go('tasks', `Tasks of ${queue.name}`, toTasks({ queue: queue.name }))),
    ...sessions.map(({ name }) => go('tasks', `Tasks of session ${name}`, toTasks({ session: name }))),
    ...['queued', 'running', 'succeeded', 'failed'].map(status =>
      go('tasks', `Tasks: ${status}`, toTasks({ status })),
    ),
    ...queues
      .filter(({ status }) => status !== 'ended')
      .map(queue => go('action', `Add a task to ${queue.name}`, toEnqueue({ queue: queue.name }))),
    go('action', 'New lane', '/ui/queues?new=lane'),
    go('action', 'New session', '/ui/sessions?new=session'),
    ...themes.map(theme => ({ kind: 'colours', text: `Colours: ${theme}`, run: () => chooseTheme(theme) })),
    { kind: 'page', text: 'API', run: () => location.assign('/docs') },
  ]
}

/** Every word is in it; what begins with the text comes first. */
function matching(entries: Entry[], text: string): Entry[] {
  const wanted = text.trim().toLowerCase()
  const words = wanted.split(/\s+/)
  const found = entries.filter(entry => words.every(word => entry.text.toLowerCase().includes(word)))
  const begins = ({ text }: Entry) => Number(text.toLowerCase().startsWith(wanted))
  return found.sort((a, b) => begins(b) - begins(a))
}

/** Tasks are asked for: there may be many. */
function useTasks(text: string): Entry[] {
  const q = useDeferredValue(text.trim())
  const { data = [] } = useQuery({
    queryKey: ['tasks', 'find', q],
    queryFn: async () => (await api.listTasks({ q, limit: 8 })).tasks,
    enabled: q.length > 1,
  })
  return q.length > 1
    ? data.map(task => ({
        kind: 'task',
        text: `${task.friendly_id}  ${describeWork(task).slice(0, 200)}`,
        run: () => navigate(toTask(task.friendly_id)),
      }))
    : []
}
