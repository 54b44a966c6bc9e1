import { stripVTControlCharacters } from 'node:util'
import type { Face } from './terminal.ts'
import { shorten, widthOf } from './text.ts'

/** One line at the end of a terminal that is written over; what is said meanwhile goes above it. Nothing in a pipe. */
export function createStatusLine(face: Face) {
  let shown = ''
  const draw = (text: string): void => {
    if (face.isTerminal) face.raw(`\r\x1b[2K${text}`)
  }
  return {
    show(text: string): void {
      shown = fit(text, face.columns - 1)
      draw(shown)
    },
    clear(): void {
      if (shown !== '') draw('')
      shown = ''
    },
    above(say: () => void): void {
      if (shown !== '') draw('')
      say()
      if (shown !== '') draw(shown)
    },
  }
}

/** A line that wraps could not be written over. Colours are dropped where it has to be cut. */
function fit(text: string, columns: number): string {
  const plain = stripVTControlCharacters(text)
  return widthOf(plain) <= columns ? text : shorten(plain, columns)
}
