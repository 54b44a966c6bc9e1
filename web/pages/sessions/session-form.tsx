import { type FormEvent, useState } from 'react'
import type { Session } from '../../../src/contract/sessions.ts'
import { api, asSparkqError } from '../../api/client.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Field } from '../../parts/field.tsx'
import { say } from '../../parts/toasts.tsx'
import { Trouble } from '../../parts/trouble.tsx'

/** A new session, or what one is called and says. */
export function SessionForm({ session, onClose }: { session: Session | undefined; onClose: () => void }) {
  const [name, setName] = useState(session?.name ?? '')
  const [instructions, setInstructions] = useState(session?.instructions ?? '')
  const [error, setError] = useState<unknown>()
  const send = async (event?: FormEvent) => {
    event?.preventDefault()
    const given = { name, instructions: instructions.trim() === '' ? null : instructions }
    try {
      if (session) await api.updateSession({ id: session.id, ...given })
      else await api.createSession(given)
    } catch (error) {
      return setError(asSparkqError(error))
    }
    say(session ? `Saved session ${name}.` : `Created session ${name}.`)
    onClose()
  }
  return (
    <Dialog title={session ? 'Edit session' : 'New session'} onClose={onClose}>
      <form className="form" onSubmit={event => void send(event)}>
        <Field label="Name">
          {id => (
            <input id={id} autoFocus required value={name} onChange={event => setName(event.target.value)} />
          )}
        </Field>
        <Field label="Instructions" note="What this stretch of work is about; for whoever works its lanes.">
          {id => (
            <textarea
              id={id}
              rows={5}
              value={instructions}
              onChange={event => setInstructions(event.target.value)}
            />
          )}
        </Field>
        {error ? <Trouble error={error} /> : null}
        <div className="dialog-actions">
          <Button onPress={onClose}>Cancel</Button>
          <button type="submit" className="button primary">
            {session ? 'Save' : 'Create'}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
