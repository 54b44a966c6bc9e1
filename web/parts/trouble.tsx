import type { ReactNode } from 'react'
import { visible } from '../../src/contract/visible-text.ts'
import { asSparkqError } from '../api/client.ts'
import { Command } from './command.tsx'

/** What went wrong, in the error's own sentence, and the next command. */
export function Trouble({ error }: { error: unknown }) {
  const { message, hint } = asSparkqError(error)
  return (
    <div className="trouble" role="alert">
      <p className="wrap">{visible(message)}</p>
      {hint?.split('\n').map(line => (
        <Command key={line} text={line} />
      ))}
    </div>
  )
}

type Asked<T> = { data: T | undefined; error: unknown }

/** What was answered; until then nothing for a moment, then a word. What is there stays when asking again fails. */
export function Answered<T>({ query, children }: { query: Asked<T>; children: (data: T) => ReactNode }) {
  if (query.data !== undefined) return children(query.data)
  return query.error ? <Trouble error={query.error} /> : <Loading />
}

/** Not seen in the first 200 ms. */
export function Loading() {
  return (
    <p className="loading dim" role="status">
      Loading …
    </p>
  )
}

/** There is nothing, and what changes that. */
export function Empty({ children, commands = [] }: { children: ReactNode; commands?: string[] }) {
  return (
    <div className="empty">
      <p>{children}</p>
      {commands.map(text => (
        <Command key={text} text={text} />
      ))}
    </div>
  )
}
