import { useQuery } from '@tanstack/react-query'
import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { whyClosed } from '../../../src/contract/queue-text.ts'
import type { Queue } from '../../../src/contract/queues.ts'
import type { Task, TaskInput } from '../../../src/contract/tasks.ts'
import type { Tool } from '../../../src/contract/tools.ts'
import { count } from '../../../src/contract/words.ts'
import { api, asSparkqError } from '../../api/client.ts'
import { queries, useQueues } from '../../api/queries.ts'
import { useActions } from '../../parts/actions.ts'
import { Field, Select } from '../../parts/field.tsx'
import { Link } from '../../parts/link.tsx'
import { PageFrame, Section } from '../../parts/page.tsx'
import { navigate, type Place, toTask } from '../../parts/router.ts'
import { Name } from '../../parts/texts.tsx'
import { say } from '../../parts/toasts.tsx'
import { Answered, Empty, Trouble } from '../../parts/trouble.tsx'
import { nextDraft, takesScripts, takesSeveral } from './draft.ts'
import { MoreFields } from './more-fields.tsx'
import { tasksOf } from './payload.ts'
import { Preview } from './preview.tsx'
import { PromptChoice, Variables } from './prompt-fields.tsx'
import { QueuedNow } from './queued.tsx'
import { ScriptFields } from './script-fields.tsx'
import { useDraft } from './use-draft.ts'

/** Fills the lanes: a task, or many, one after the other without leaving the page. */
export default function EnqueuePage({ query }: Place) {
  const queues = useQueues()
  const tools = useQuery(queries.tools())
  const both = {
    data: queues.data && tools.data ? { queues: queues.data, tools: tools.data } : undefined,
    error: queues.error ?? tools.error,
  }
  return (
    <PageFrame title="Enqueue" wide>
      <Answered query={both}>
        {({ queues, tools }) => {
          const lanes = queues.filter(({ status }) => status !== 'ended')
          const known = tools.filter(({ hidden }) => !hidden)
          if (lanes.length > 0 && known.length > 0) {
            return <Form query={query} queues={lanes} tools={known} />
          }
          return (
            <Empty
              commands={lanes.length === 0 ? ['sparkq queue create NAME'] : ['sparkq tools create NAME']}
            >
              {lanes.length === 0 ? 'There is no lane that takes tasks.' : 'There is no tool.'}
            </Empty>
          )
        }}
      </Answered>
    </PageFrame>
  )
}

const boxes = {
  prompt: ['Prompt', 'What is to be done, for somebody who cannot ask back at once.'],
  bash: ['Command', 'npm test'],
  python: ['Code', 'print("hello")'],
  other: ['Payload, as JSON', '{"key": "value"}'],
} as const
const mostShown = 10

type FormProps = { query: URLSearchParams; queues: Queue[]; tools: Tool[] }

function Form({ query, queues, tools }: FormProps) {
  const {
    draft,
    lane,
    tool,
    task: original,
    error: notFound,
    gone,
    change,
    set,
  } = useDraft(query, queues, tools)
  const { data: prompts = [] } = useQuery(queries.prompts())
  const { data: scripts = [] } = useQuery(queries.scripts())
  const [queued, setQueued] = useState<Task[]>([])
  const [error, setError] = useState<unknown>()
  const [busy, setBusy] = useState(false)
  const form = useRef<HTMLFormElement>(null)
  const focusBox = () =>
    form.current?.querySelector<HTMLElement>('.enqueue-work textarea, .enqueue-work input')?.focus()
  useActions([{ title: 'Write a task', key: 'i', run: focusBox }])
  // After the page around it has taken the focus: who comes here wants to write.
  // biome-ignore lint/correctness/useExhaustiveDependencies: once, when it is shown
  useEffect(() => {
    const timer = setTimeout(focusBox)
    return () => clearTimeout(timer)
  }, [])
  if (!tool) return null

  const prompt = prompts.find(({ command }) => command === draft.stored)
  const script = scripts.find(({ path, name }) => [path, name].includes(draft.script.trim()))
  const made = lane ? tasksOf(draft, { tool, prompt, script }) : { missing: 'Choose a lane.' }
  const isScript = draft.isScript && takesScripts(tool)
  const isStored = tool.kind === 'prompt' && draft.stored !== ''
  const isSeveral = draft.several && takesSeveral(tool) && !isScript && !isStored
  const number = made.tasks?.length ?? 1

  const send = async (event?: FormEvent) => {
    event?.preventDefault()
    if (busy) return
    if (!made.tasks) {
      setError(made.missing ? new Error(made.missing) : undefined)
      return focusBox()
    }
    setBusy(true)
    try {
      const tasks = await enqueue(made.tasks)
      setError(undefined)
      setQueued(before => [...tasks.toReversed(), ...before].slice(0, mostShown))
      set(nextDraft(draft))
      if (query.has('again')) navigate('/ui/enqueue', { replace: true })
      focusBox()
    } catch (error) {
      setError(asSparkqError(error))
    } finally {
      setBusy(false)
    }
  }
  const press = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) {
      event.preventDefault()
      void send()
    }
    // So that the keys of the page are reached.
    if (event.key === 'Escape' && event.target instanceof HTMLElement) event.target.blur()
  }
  const [label, placeholder] = boxes[tool.kind]
  return (
    <div className="enqueue">
      <form className="form" ref={form} onSubmit={event => void send(event)} onKeyDown={press}>
        {original ? (
          <p className="dim">
            Like <Link href={toTask(original.friendly_id)}>{original.friendly_id}</Link>, which stays as it
            is.
          </p>
        ) : null}
        {notFound ? <Trouble error={notFound} /> : null}
        {gone.map(text => (
          <p key={text} className="wrap state-waiting">
            ! <Name text={text} />
          </p>
        ))}
        <div className="enqueue-where">
          <Field label="Lane" note={lane && closedNote(lane)}>
            {id => (
              <Select
                id={id}
                value={lane?.name ?? ''}
                choices={[...(lane ? [] : [{ value: '', label: 'choose a lane' }]), ...laneChoices(queues)]}
                onChange={queue => change({ queue, tool: '' })}
              />
            )}
          </Field>
          <Field label="Tool" note={tool.description ? <Name text={tool.description} /> : undefined}>
            {id => (
              <Select
                id={id}
                value={tool.name}
                choices={tools.map(({ name }) => ({ value: name, label: name }))}
                onChange={tool => change({ tool })}
              />
            )}
          </Field>
        </div>
        {takesScripts(tool) ? (
          <fieldset className="enqueue-form">
            <legend className="unseen">What it is</legend>
            {[false, true].map(it => (
              <label key={String(it)} className="check">
                <input
                  type="radio"
                  name="form"
                  checked={draft.isScript === it}
                  onChange={() => change({ isScript: it })}
                />
                {it ? 'A script of the project' : tool.kind === 'python' ? 'Lines of code' : 'A command line'}
              </label>
            ))}
          </fieldset>
        ) : null}
        {tool.kind === 'prompt' ? <PromptChoice draft={draft} prompts={prompts} change={change} /> : null}
        <div className="enqueue-work form">
          {isScript ? (
            <ScriptFields draft={draft} scripts={scripts} script={script} change={change} />
          ) : isStored ? (
            <Variables draft={draft} prompt={prompt} rendered={renderedOf(made.tasks)} change={change} />
          ) : (
            <Field label={label}>
              {id => (
                <textarea
                  id={id}
                  className="mono"
                  rows={tool.kind === 'bash' && !isSeveral && !draft.text.includes('\n') ? 3 : 10}
                  spellCheck={tool.kind === 'prompt'}
                  placeholder={placeholder}
                  value={draft.text}
                  onChange={event => change({ text: event.target.value })}
                />
              )}
            </Field>
          )}
        </div>
        {takesSeveral(tool) && !isScript && !isStored ? (
          <label className="check">
            <input
              type="checkbox"
              checked={draft.several}
              onChange={event => change({ several: event.target.checked })}
            />
            <span>
              Several tasks:{' '}
              {tool.kind === 'prompt' ? 'a blank line begins the next one' : 'each line is one'}
              {isSeveral && made.tasks ? <span className="dim"> · {count(number, 'task')}</span> : null}
            </span>
          </label>
        ) : null}
        <MoreFields draft={draft} lane={lane} tool={tool} change={change} />
        <Rest rest={draft.rest} isJson={tool.kind === 'other'} onDrop={() => change({ rest: {} })} />
        {error ? <Trouble error={error} /> : null}
        <div className="form-actions">
          <button type="submit" className="button primary" aria-disabled={busy || undefined}>
            {number > 1 ? `Queue ${number} tasks` : 'Queue task'}
            <span className="hotkey" aria-hidden="true">
              {isMac ? '⌘' : 'Ctrl'} ⏎
            </span>
          </button>
        </div>
      </form>
      <aside className="enqueue-side" aria-label="What it runs">
        <Section title="What it runs">
          <Preview made={made} lane={lane} tool={tool} />
        </Section>
        <QueuedNow tasks={queued} />
      </aside>
    </div>
  )
}

const isMac = /Mac|iP(hone|ad)/.test(navigator.platform)

/** With their sessions, where there are several. */
const laneChoices = (queues: Queue[]) =>
  queues.map(({ name, session }) => ({
    value: name,
    label: queues.some(it => it.session.id !== session.id) ? `${name} · ${session.name}` : name,
  }))

const closedNote = (lane: Queue) => {
  const closed = whyClosed(lane)
  return closed ? (
    <>
      It is <Name text={closed} />: tasks wait.
    </>
  ) : undefined
}

const renderedOf = (tasks: TaskInput[] | undefined): string | undefined =>
  (tasks?.[0]?.payload as { prompt?: string } | undefined)?.prompt

/** Fields that a task had beside its work go with it, seen. */
function Rest({
  rest,
  isJson,
  onDrop,
}: {
  rest: Record<string, unknown>
  isJson: boolean
  onDrop: () => void
}) {
  if (isJson || Object.keys(rest).length === 0) return null
  return (
    <p className="facts">
      <span>
        With <code className="wrap">{<Name text={JSON.stringify(rest)} />}</code>
      </span>
      <button type="button" className="button quiet" onClick={onDrop}>
        Leave out
      </button>
    </p>
  )
}

/** All of them, or none; undoing deletes those that have not begun. */
async function enqueue(inputs: TaskInput[]): Promise<Task[]> {
  const { tasks } =
    inputs.length === 1
      ? { tasks: [(await api.createTask(inputs[0] as TaskInput)).task] }
      : await api.createTasks({ tasks: inputs })
  const [first] = tasks as [Task]
  say(
    tasks.length === 1
      ? `Queued ${first.friendly_id}.`
      : `Queued ${tasks.length} tasks, ${first.friendly_id} to ${tasks.at(-1)?.friendly_id}.`,
    async () => {
      for (const { id } of tasks.toReversed()) await api.deleteTask({ id })
    },
  )
  return tasks
}
