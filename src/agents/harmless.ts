import { createEscapeFilter } from '../escape-filter.ts'
import { shorten } from './words.ts'

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** What turns the direction of what follows, or ends a line where nobody sees it. */
const unseen = /[\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: what the filter leaves: colours and links
const styles = /\x1b(\[[\d;:]*[mK]|\]8;[^\x1b]*\x1b\\)/g

/**
 * Foreign text for a terminal, as lines that each do nothing but show themselves.
 * @property most     lines; what is more is counted only, since one result can have megabytes
 * @property longest  characters of a line
 * @property colour   whether its colours may stay
 */
export function harmlessLines(
  text: string,
  { most, longest, colour }: { most: number; longest: number; colour: boolean },
): { lines: string[]; more: number } {
  const all = withoutEnd(text, '\n')
  const end = endOf(all, most)
  // A line may be megabytes, of which nothing is shown that is beyond this.
  const shown = all
    .slice(0, end)
    .split('\n')
    .map(line => line.slice(0, longest * 4))
    .join('\n')
  const filtered = decoder.decode(createEscapeFilter()(encoder.encode(shown)))
  const lines = filtered.split('\n').map(line => shownLine(line, longest, colour))
  return { lines, more: end < all.length ? countLines(all, end + 1) : 0 }
}

function shownLine(line: string, longest: number, colour: boolean): string {
  // A progress bar writes over itself: what it ended as is what there was to see.
  const written = withoutEnd(line, '\r').split('\r').at(-1) ?? ''
  const text = written.replaceAll('\b', '').replace(unseen, '')
  const bare = text.replace(styles, '')
  if (!colour || bare.length > longest) return shorten(bare, longest)
  return text === bare ? text : `${text}\x1b[0m\x1b]8;;\x1b\\`
}

/** Not by a pattern, which takes the square of the time for many that are not at the end. */
function withoutEnd(text: string, char: string): string {
  let end = text.length
  while (text[end - 1] === char) end--
  return text.slice(0, end)
}

/** Where the first `most` lines end. */
function endOf(text: string, most: number): number {
  let at = -1
  for (let line = 0; line < most; line++) {
    at = text.indexOf('\n', at + 1)
    if (at < 0) return text.length
  }
  return at
}

function countLines(text: string, from: number): number {
  let lines = 1
  for (let at = text.indexOf('\n', from); at >= 0; at = text.indexOf('\n', at + 1)) lines++
  return lines
}
