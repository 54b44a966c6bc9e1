import { type FormEvent, useState } from 'react'
import type { Task } from '../../../src/contract/tasks.ts'
import { api } from '../../api/client.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Field } from '../../parts/field.tsx'
import { attempt } from '../../parts/toasts.tsx'

/** With a word on why, for whoever looks later. */
export function RejectForm({ task: { id, friendly_id }, onClose }: { task: Task; onClose: () => void }) {
  const [note, setNote] = useState('')
  const send = async (event: FormEvent) => {
    event.preventDefault()
    const reject = () => api.reviewTask({ id, decision: 'rejected', note: note.trim() || null })
    if (await attempt(reject, `Rejected ${friendly_id}.`)) onClose()
  }
  return (
    <Dialog title={`Reject ${friendly_id}`} onClose={onClose}>
      <form className="form" onSubmit={event => void send(event)}>
        <Field label="Note" note="What is wrong with it; may be empty.">
          {id => (
            <textarea
              id={id}
              rows={4}
              autoFocus
              value={note}
              onChange={event => setNote(event.target.value)}
            />
          )}
        </Field>
        <div className="dialog-actions">
          <Button onPress={onClose}>Keep</Button>
          <button type="submit" className="button danger">
            Reject
          </button>
        </div>
      </form>
    </Dialog>
  )
}
