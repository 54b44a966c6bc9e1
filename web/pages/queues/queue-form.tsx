import { type FormEvent, useState } from 'react'
import { api, asSparkqError } from '../../api/client.ts'
import { useSessions } from '../../api/queries.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Field, Select } from '../../parts/field.tsx'
import { navigate, toQueue } from '../../parts/router.ts'
import { Answered, Empty, Trouble } from '../../parts/trouble.tsx'

type Props = { session: string; onClose: () => void }

/** A new lane, in an active session. */
export function QueueForm({ session, onClose }: Props) {
  const sessions = useSessions()
  return (
    <Dialog title="New lane" onClose={onClose}>
      <Answered query={sessions}>
        {all => {
          const active = all.filter(({ status }) => status === 'active').map(({ name }) => name)
          if (active.length > 0) return <Form sessions={active} session={session} onClose={onClose} />
          return <Empty commands={['sparkq session create NAME']}>There is no active session for it.</Empty>
        }}
      </Answered>
    </Dialog>
  )
}

function Form({ sessions, session, onClose }: Props & { sessions: string[] }) {
  const [name, setName] = useState('')
  const [where, setWhere] = useState(sessions.includes(session) ? session : (sessions[0] as string))
  const [instructions, setInstructions] = useState('')
  const [planned, setPlanned] = useState(false)
  const [error, setError] = useState<unknown>()
  const send = async (event: FormEvent) => {
    event.preventDefault()
    try {
      const { queue } = await api.createQueue({
        session_id: where,
        name,
        instructions: instructions.trim() === '' ? null : instructions,
        status: planned ? 'planned' : 'active',
      })
      navigate(toQueue(queue), { replace: true })
    } catch (error) {
      setError(asSparkqError(error))
    }
  }
  return (
    <form className="form" onSubmit={event => void send(event)}>
      <Field label="Name">
        {id => (
          // biome-ignore lint/a11y/noAutofocus: it is the first thing that the dialog around it asks
          <input id={id} autoFocus required value={name} onChange={event => setName(event.target.value)} />
        )}
      </Field>
      <Field label="Session">
        {id => (
          <Select
            id={id}
            value={where}
            choices={sessions.map(name => ({ value: name, label: name }))}
            onChange={setWhere}
          />
        )}
      </Field>
      <Field
        label="Instructions"
        note="A small requirements document: it goes in front of every prompt of this lane."
      >
        {id => (
          <textarea
            id={id}
            rows={6}
            value={instructions}
            onChange={event => setInstructions(event.target.value)}
          />
        )}
      </Field>
      <label className="check">
        <input type="checkbox" checked={planned} onChange={event => setPlanned(event.target.checked)} />
        Planned: it takes tasks, and none is worked until it is activated
      </label>
      {error ? <Trouble error={error} /> : null}
      <div className="dialog-actions">
        <Button onPress={onClose}>Cancel</Button>
        <button type="submit" className="button primary">
          Create lane
        </button>
      </div>
    </form>
  )
}
