import { type FormEvent, useState } from 'react'
import { asSparkqError } from '../../api/client.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Field } from '../../parts/field.tsx'
import { Trouble } from '../../parts/trouble.tsx'

type Props = { name: string; save: (name: string) => Promise<unknown>; onClose: () => void }

export function RenameForm({ name, save, onClose }: Props) {
  const [text, setText] = useState(name)
  const [error, setError] = useState<unknown>()
  const send = async (event: FormEvent) => {
    event.preventDefault()
    try {
      await save(text)
      onClose()
    } catch (error) {
      setError(asSparkqError(error))
    }
  }
  return (
    <Dialog title="Rename lane" onClose={onClose}>
      <form className="form" onSubmit={event => void send(event)}>
        <Field label="Name" note="Its tasks keep their friendly ids.">
          {id => (
            <input id={id} autoFocus required value={text} onChange={event => setText(event.target.value)} />
          )}
        </Field>
        {error ? <Trouble error={error} /> : null}
        <div className="dialog-actions">
          <Button onPress={onClose}>Cancel</Button>
          <button type="submit" className="button primary">
            Rename
          </button>
        </div>
      </form>
    </Dialog>
  )
}
