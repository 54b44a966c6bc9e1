import { type FormEvent, useState } from 'react'
import type { Task } from '../../../src/contract/tasks.ts'
import { api, asSparkqError } from '../../api/client.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Field } from '../../parts/field.tsx'
import { navigate, toTask } from '../../parts/router.ts'
import { say } from '../../parts/toasts.tsx'
import { Trouble } from '../../parts/trouble.tsx'

type Props = { task: Task; as: 'edit' | 'requeue'; onClose: () => void }
type Payload = Record<string, unknown>

/** What is one text is edited as that; other payloads as the JSON they are. */
export function EditForm({ task, as, onClose }: Props) {
  const payload = (task.payload ?? {}) as Payload
  const [key] = ['prompt', 'command', 'code'].filter(name => typeof payload[name] === 'string')
  const [text, setText] = useState(key ? String(payload[key]) : JSON.stringify(payload, null, 2))
  const [timeout, setTimeout] = useState(String(task.timeout))
  const [error, setError] = useState<unknown>()
  const send = async (event?: FormEvent) => {
    event?.preventDefault()
    try {
      const edited = key ? { ...payload, [key]: text } : parsed(text)
      const edits = { id: task.id, payload: edited, timeout: Number(timeout) }
      if (as === 'edit') {
        await api.updateTask(edits)
        say(`Changed ${task.friendly_id}.`)
      } else {
        const copy = (await api.requeueTask(edits)).task
        say(`Queued ${copy.friendly_id}, a copy of ${task.friendly_id}.`)
        navigate(toTask(copy.friendly_id))
      }
      onClose()
    } catch (error) {
      setError(asSparkqError(error))
    }
  }
  return (
    <Dialog
      title={as === 'edit' ? `Edit ${task.friendly_id}` : `Requeue ${task.friendly_id} with edits`}
      onClose={onClose}
      className="wide"
    >
      <form className="form" onSubmit={event => void send(event)}>
        <Field
          label={
            key ? ({ prompt: 'Prompt', command: 'Command', code: 'Code' }[key] ?? key) : 'Payload, as JSON'
          }
        >
          {id => (
            <textarea
              id={id}
              className="mono"
              rows={12}
              autoFocus
              required
              spellCheck={key === 'prompt'}
              value={text}
              onChange={event => setText(event.target.value)}
              onKeyDown={event => {
                if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) void send()
              }}
            />
          )}
        </Field>
        <Field label="Timeout, in seconds">
          {id => (
            <input
              id={id}
              type="number"
              min={1}
              required
              value={timeout}
              onChange={event => setTimeout(event.target.value)}
            />
          )}
        </Field>
        {error ? <Trouble error={error} /> : null}
        <div className="dialog-actions">
          <Button onPress={onClose}>Cancel</Button>
          <button type="submit" className="button primary">
            {as === 'edit' ? 'Save' : 'Queue copy'}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

function parsed(text: string): Payload {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Error(`that is not JSON (${(error as Error).message})`)
  }
}
