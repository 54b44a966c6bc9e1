import { type ReactNode, useId } from 'react'
import { oneLine } from '../../src/contract/visible-text.ts'

type Props = { label: string; note?: ReactNode; children: (id: string) => ReactNode }

/** A label and what it is for, one below the other. */
export function Field({ label, note, children }: Props) {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children(id)}
      {note ? <p className="dim note">{note}</p> : null}
    </div>
  )
}

type Choice = { value: string; label: string }

export function Select({
  id,
  label,
  value,
  choices,
  onChange,
}: {
  id?: string
  /** Where no element is its label. */
  label?: string
  value: string
  choices: Choice[]
  onChange: (value: string) => void
}) {
  return (
    <select
      {...(id ? { id } : {})}
      {...(label ? { 'aria-label': label } : {})}
      className={value ? 'chosen' : ''}
      value={value}
      onChange={event => onChange(event.target.value)}
    >
      {choices.map(({ value, label }) => (
        <option key={value} value={value}>
          {oneLine(label)}
        </option>
      ))}
    </select>
  )
}
