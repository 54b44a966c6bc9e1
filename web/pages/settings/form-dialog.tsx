import { type FormEvent, useState } from 'react'
import { asSparkqError } from '../../api/client.ts'
import { Button } from '../../parts/button.tsx'
import { Dialog } from '../../parts/dialog.tsx'
import { Field, Select } from '../../parts/field.tsx'
import { Trouble } from '../../parts/trouble.tsx'

export type FormField = {
  key: string
  label: string
  /** `words`: one in a line. */
  kind: 'text' | 'number' | 'long' | 'words' | 'choice'
  note?: string
  required?: boolean
  choices?: string[]
}
type Values = Record<string, unknown>
type Props = {
  title: string
  action: string
  fields: FormField[]
  initial: Values
  onClose: () => void
  /** What is empty is null. @throws what is shown in the dialog */
  save: (values: Values) => Promise<unknown>
}

/** Fields in a dialog, which stays until what they say has been taken. */
export function FormDialog({ title, action, fields, initial, onClose, save }: Props) {
  const [texts, setTexts] = useState(() => fields.map(field => textOf(initial[field.key])))
  const [error, setError] = useState<unknown>()
  const send = async (event: FormEvent) => {
    event.preventDefault()
    try {
      await save(
        Object.fromEntries(fields.map((field, at) => [field.key, readValue(field, texts[at] ?? '')])),
      )
      onClose()
    } catch (error) {
      setError(asSparkqError(error))
    }
  }
  return (
    <Dialog title={title} onClose={onClose}>
      <form className="form" onSubmit={event => void send(event)}>
        {fields.map((field, at) => (
          <Field key={field.key} label={field.label} note={field.note}>
            {id => (
              <Entry
                id={id}
                field={field}
                isFirst={at === 0}
                text={texts[at] ?? ''}
                onChange={text => setTexts(texts.with(at, text))}
              />
            )}
          </Field>
        ))}
        {error ? <Trouble error={error} /> : null}
        <div className="dialog-actions">
          <Button onPress={onClose}>Cancel</Button>
          <button type="submit" className="button primary">
            {action}
          </button>
        </div>
      </form>
    </Dialog>
  )
}

type EntryProps = {
  id: string
  field: FormField
  isFirst: boolean
  text: string
  onChange: (text: string) => void
}

function Entry({ id, field, isFirst, text, onChange }: EntryProps) {
  const { kind, required = false, choices = [] } = field
  if (kind === 'choice') {
    const all = (required ? choices : ['', ...choices]).map(value => ({ value, label: value || 'none' }))
    return <Select id={id} value={text} choices={all} onChange={onChange} />
  }
  const common = { id, required, value: text, autoFocus: isFirst, spellCheck: kind === 'long' }
  return kind === 'long' || kind === 'words' ? (
    <textarea
      {...common}
      className="mono"
      rows={kind === 'long' ? 8 : 4}
      onChange={event => onChange(event.target.value)}
    />
  ) : (
    <input
      {...common}
      {...(kind === 'number' ? { type: 'number', step: 'any', min: 0 } : {})}
      onChange={event => onChange(event.target.value)}
    />
  )
}

const textOf = (value: unknown): string =>
  Array.isArray(value) ? value.join('\n') : value === null || value === undefined ? '' : String(value)

function readValue({ kind }: FormField, text: string): unknown {
  if (kind === 'words') {
    const words = text.split('\n').filter(word => word !== '')
    return words.length > 0 ? words : null
  }
  if (text.trim() === '') return null
  return kind === 'number' ? Number(text) : text
}
