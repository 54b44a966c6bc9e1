import { useQuery } from '@tanstack/react-query'
import type { Queue, QueueSettings } from '../../../src/contract/queues.ts'
import { api } from '../../api/client.ts'
import { queries } from '../../api/queries.ts'
import { Field, Select } from '../../parts/field.tsx'
import { attempt } from '../../parts/toasts.tsx'

type Key = keyof QueueSettings
type Row = { key: Key; label: string; note: string; fallback: string; words: Record<string, string> }

const rows: Row[] = [
  {
    key: 'on_failure',
    label: 'When a task fails',
    note: 'on_failure',
    fallback: 'go on',
    words: { continue: 'go on', pause: 'pause the lane' },
  },
  {
    key: 'on_lost',
    label: 'When the process of a script is lost',
    note: 'on_lost',
    fallback: 'fail the task and pause the lane',
    words: { hold: 'fail the task and pause the lane', retry: 'try again', fail: 'fail the task, go on' },
  },
  {
    key: 'on_wait',
    label: 'When the first task waits',
    note: 'on_wait',
    fallback: 'retries and limits block, questions are skipped',
    words: { block: 'block the lane', skip: 'skip it' },
  },
]

/** Each is saved when it is chosen. */
export function Settings({ queue }: { queue: Queue }) {
  const { data: tools = [] } = useQuery(queries.tools())
  const toolWords = Object.fromEntries(tools.map(({ name }) => [name, name]))
  const tool: Row = {
    key: 'default_tool',
    label: 'Tool of a task that names none',
    note: 'default_tool',
    fallback: 'none',
    words: toolWords,
  }
  return (
    <div className="settings">
      {[tool, ...rows].map(row => (
        <Setting key={row.key} row={row} queue={queue} />
      ))}
    </div>
  )
}

function Setting({ row: { key, label, note, fallback, words }, queue }: { row: Row; queue: Queue }) {
  const value = String(queue.settings[key] ?? '')
  const set = (next: string) => api.updateQueue({ id: queue.id, settings: { [key]: next || null } })
  // One that is set and not known (a tool that went) is still shown as what it is.
  const known = value === '' || value in words ? words : { ...words, [value]: value }
  return (
    <Field label={label} note={<code>{note}</code>}>
      {id => (
        <Select
          id={id}
          value={value}
          choices={[
            { value: '', label: `${fallback} (default)` },
            ...Object.entries(known).map(([value, label]) => ({ value, label })),
          ]}
          onChange={next =>
            void attempt(
              () => set(next),
              'Saved.',
              () => set(value),
            )
          }
        />
      )}
    </Field>
  )
}
