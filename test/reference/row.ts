import assert from 'node:assert/strict'
import type { Site } from '../cli/run-cli.ts'
import type { Said } from '../fixtures/cli/many.ts'

export type Place = Pick<Site, 'core' | 'folder' | 'env' | 'sparkq' | 'start'>

/**
 * How a line is typed: with this on stdin, this in the environment, in this folder of the project.
 *
 * @property process it wants a process of its own
 */
type Typed = {
  input?: string
  env?: NodeJS.ProcessEnv
  in?: string
  before?: (at: Place) => unknown
  process?: true
}

/**
 * A line that does what it says, and what is seen of that.
 *
 * @property out, err what stdout and stderr say
 * @property code     the exit code, when it is not 0
 * @property leaves   looks at what has become of it
 * @property until    the line stays: once this stands on stdout or stderr (and `while` has looked), the signal ends it
 */
export type Good = Typed & {
  kind: 'good'
  line: string
  out?: RegExp | readonly RegExp[]
  err?: RegExp
  code?: number
  leaves?: (at: Place, said: Said) => unknown
  until?: RegExp
  while?: (at: Place) => unknown
  signal?: NodeJS.Signals
}

/** A line that is refused for one thing: `--option`, `<argument>`, or `--` for what stands behind it. */
export type Bad = Typed & {
  kind: 'bad'
  what: string
  line: string
  code: number
  says: RegExp
  next: RegExp
}

export type Row = Good | Bad

export const good = (line: string, sees: Omit<Good, 'kind' | 'line'>): Good => ({
  kind: 'good',
  line,
  ...sees,
})

/** @param next what is named as the next thing to type */
export const bad = (
  what: string,
  line: string,
  code: number,
  says: RegExp,
  next: RegExp = /--help$/m,
  typed: Typed = {},
): Bad => ({ kind: 'bad', what, line, code, says, next, ...typed })

/** The JSON that was printed has these. */
export const json = (some: Record<string, unknown>) => (_: unknown, said: Said) => {
  assert.partialDeepStrictEqual(JSON.parse(said.stdout), some)
}

/** The words of a line, as a shell takes them apart: blanks part them, but not between quotes. */
export const wordsOf = (line: string): string[] =>
  (line.match(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g) ?? []).map(word =>
    word.replace(/'([^']*)'|"([^"]*)"/g, '$1$2'),
  )
