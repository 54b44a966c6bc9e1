import type { Face } from './terminal.ts'
import { padEnd, widthOf } from './text.ts'

/** What to type, and what it is for; empty where that is plain. */
export type Hint = readonly [command: string, purpose: string]

/** Prints the next commands one below the other, their purposes aligned. */
export function sayNext(err: Face, hints: readonly Hint[]): void {
  const width = Math.max(...hints.map(([command]) => widthOf(command))) + 4
  for (const [command, purpose] of hints)
    err.line(`  ${padEnd(command, Math.max(width, 32))} ${purpose && err.paint('dim', purpose)}`.trimEnd())
}
