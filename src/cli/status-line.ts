import { stripVTControlCharacters } from 'node:util'
import type { Face } from './terminal.ts'
import { count, shorten, widthOf } from './text.ts'

/** A line that is written over; what is said meanwhile goes above it. Nothing in a pipe. */
export type StatusLine = {
  show(text: string): void
  clear(): void
  above(say: () => void): void
}

/** One line at the end of a terminal. */
export const createStatusLine = (face: Face): StatusLine => createStatusBlock(face).line('')

/** Several lines at the end of a terminal, each by its key, in the order in which they came. */
export function createStatusBlock(face: Face): { line(key: string): StatusLine } {
  const lines = new Map<string, string>()
  let drawn = 0

  const erase = (): void => {
    if (drawn === 0) return
    face.raw(`${drawn > 1 ? `\x1b[${drawn - 1}A` : ''}\r\x1b[J`)
    drawn = 0
  }
  const draw = (): void => {
    if (!face.isTerminal) return
    const shown = visibleLines(
      [...lines.values()].filter(it => it !== ''),
      face,
    )
    erase()
    face.raw(shown.join('\n'))
    drawn = shown.length
  }
  return {
    line: key => ({
      show: text => {
        lines.set(key, text)
        draw()
      },
      clear: () => {
        if (!lines.get(key)) return
        lines.set(key, '')
        draw()
      },
      above: say => {
        erase()
        say()
        draw()
      },
    }),
  }
}

/** What is higher than the terminal, or wraps, could not be written over. */
function visibleLines(lines: string[], { columns, rows }: Face): string[] {
  const most = Math.max(1, rows - 2)
  const cut = lines.slice(0, lines.length > most ? most - 1 : most).map(line => fit(line, columns - 1))
  return cut.length < lines.length ? [...cut, `… and ${count(lines.length - cut.length, 'lane')} more`] : cut
}

/** Colours are dropped where a line has to be cut. */
function fit(text: string, columns: number): string {
  const plain = stripVTControlCharacters(text)
  return widthOf(plain) <= columns ? text : shorten(plain, columns)
}
