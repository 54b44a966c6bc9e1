import { type FormEvent, useState } from 'react'
import { connection } from '../api/live.ts'
import { useStore } from '../api/store.ts'
import { keepToken } from '../api/token.ts'
import { Command } from '../parts/command.tsx'
import { Field } from '../parts/field.tsx'
import { PageFrame } from '../parts/page.tsx'

/** For a browser that is let in with the token alone, as on another machine. */
export function TokenForm() {
  const now = useStore(connection)
  const [token, setToken] = useState('')
  const send = (event: FormEvent) => {
    event.preventDefault()
    keepToken(token)
    location.reload()
  }
  if (now.state !== 'refused') return null
  return (
    <PageFrame title="SparkQ">
      <p className="wrap">{now.sentence}</p>
      <p>On the machine where the server runs, this prints it:</p>
      <Command text="sparkq status --token" />
      <form className="form" onSubmit={send}>
        <Field label="Token" note="Kept until this tab is closed.">
          {id => (
            <input
              id={id}
              type="password"
              autoComplete="off"
              required
              value={token}
              onChange={event => setToken(event.target.value)}
            />
          )}
        </Field>
        <button type="submit" className="button primary">
          Come in
        </button>
      </form>
    </PageFrame>
  )
}
