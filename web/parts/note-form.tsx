import { type FormEvent, useState } from 'react'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'
import { Field } from './field.tsx'

type Props = {
  title: string
  /** What the note is about. */
  about: string
  action: string
  look?: 'primary' | 'danger'
  /** @returns whether it was done; the form stays where it was not */
  onSend: (note: string | null) => Promise<boolean>
  onClose: () => void
}

/** Does something with a word on why, for whoever looks later. */
export function NoteForm({ title, about, action, look = 'primary', onSend, onClose }: Props) {
  const [note, setNote] = useState('')
  const send = async (event?: FormEvent) => {
    event?.preventDefault()
    if (await onSend(note.trim() || null)) onClose()
  }
  return (
    <Dialog title={title} onClose={onClose}>
      <form className="form" onSubmit={event => void send(event)}>
        <Field label="Note" note={about}>
          {id => (
            <textarea
              id={id}
              rows={4}
              autoFocus
              value={note}
              onChange={event => setNote(event.target.value)}
              onKeyDown={event => {
                if (event.key === 'Enter' && (event.metaKey || event.ctrlKey)) void send()
              }}
            />
          )}
        </Field>
        <div className="dialog-actions">
          <Button onPress={onClose}>Keep</Button>
          <button type="submit" className={`button ${look}`}>
            {action}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
