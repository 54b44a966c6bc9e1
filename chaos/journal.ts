import fs from 'node:fs'

/** What an attempt wrote down of itself. `end` is its exit code, or the signal it sent itself. */
export type Witness = { starts: string[]; end?: string }
export type Journal = {
  byAttempt: Map<string, Witness>
  /** The attempts in the order in which they started. */
  started: string[]
  /** Attempts that started while the one before in their lane still lived. */
  beside: string[]
}

export function readJournal(file: string): Journal {
  const journal: Journal = { byAttempt: new Map(), started: [], beside: [] }
  const text = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : ''
  for (const line of text.split('\n').slice(0, -1)) {
    const [what, attempt, value] = line.split(' ') as [string, string, string]
    const witness = journal.byAttempt.get(attempt) ?? { starts: [] }
    journal.byAttempt.set(attempt, witness)
    if (what === 'beside') journal.beside.push(`${attempt} started while ${value} lived`)
    if (what === 'end') witness.end = value
    if (what !== 'start') continue
    witness.starts.push(value)
    journal.started.push(attempt)
  }
  return journal
}
