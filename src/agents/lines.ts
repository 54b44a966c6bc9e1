import { megabytes } from '../contract/words.ts'

/** Longest line that is read, in bytes. Tool results of some megabytes come in one line; more is no event of worth. */
export const longestLine = 8 * 1024 * 1024
/** What is passed on of a longer line: no event, yet enough to see what it was. */
const beginning = 4096

export type Lines = {
  /** The lines that these bytes end. */
  write(bytes: Uint8Array): string[]
  /** The line that nothing ended, if there is one. */
  end(): string[]
}

/** Makes lines of bytes that come in any pieces. Of a line over `longest` bytes only the beginning is passed on. */
export function createLines(longest = longestLine): Lines {
  let kept: Uint8Array[] = []
  let length = 0

  const keep = (bytes: Uint8Array): void => {
    const isTooLong = length > longest
    length += bytes.length
    if (isTooLong || bytes.length === 0) return
    // A copy: whoever reads a file may fill the same buffer again.
    kept.push(new Uint8Array(length > longest ? bytes.subarray(0, beginning) : bytes))
    if (length > longest) kept = [joined(kept).subarray(0, beginning)]
  }
  const take = (): string => {
    const text = utf8(joined(kept))
    const line = length > longest ? `${text} … ${megabytes(length)} in one line` : text
    kept = []
    length = 0
    return withoutReturn(line)
  }

  /** All at once, as long as none can be too long: garbage has a hundred million lines. */
  const between = (bytes: Uint8Array): string[] => {
    if (bytes.length <= longest) return utf8(bytes).split('\n').map(withoutReturn)
    const lines: string[] = []
    for (let from = 0; from <= bytes.length; ) {
      const at = bytes.indexOf(0x0a, from)
      const end = at < 0 ? bytes.length : at
      keep(bytes.subarray(from, end))
      lines.push(take())
      from = end + 1
    }
    return lines
  }

  return {
    write: bytes => {
      const first = bytes.indexOf(0x0a)
      const last = bytes.lastIndexOf(0x0a)
      keep(first < 0 ? bytes : bytes.subarray(0, first))
      if (first < 0) return []
      const lines = [take()]
      if (last > first) for (const line of between(bytes.subarray(first + 1, last))) lines.push(line)
      keep(bytes.subarray(last + 1))
      return lines
    },
    end: () => (length > 0 ? [take()] : []),
  }
}

// What a browser has, too: transcripts are made there as well.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const utf8 = (bytes: Uint8Array): string => decoder.decode(bytes)

function joined(parts: Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0] as Uint8Array
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

const withoutReturn = (line: string): string => (line.endsWith('\r') ? line.slice(0, -1) : line)
