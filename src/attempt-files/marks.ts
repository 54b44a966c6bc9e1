import fs from 'node:fs'
import type { OutputMark } from '../contract/attempts.ts'
import { timestamp } from '../contract/time.ts'

/** One line a mark: milliseconds since 1970, `o` or `e`, the size in bytes that the stream had grown to. */
export function appendMark(
  fd: number,
  mark: { at: number; stream: 'stdout' | 'stderr'; offset: number },
): void {
  fs.writeSync(fd, `${mark.at} ${mark.stream === 'stdout' ? 'o' : 'e'} ${mark.offset}\n`)
}

/** The marks from byte `after` of the file on, and where to go on. A line that is still being written is left for then. */
export function readMarks(file: string, after = 0): { marks: OutputMark[]; next: number } {
  if (!fs.existsSync(file)) return { marks: [], next: after }
  const bytes = readFrom(file, after)
  const end = bytes.lastIndexOf(0x0a) + 1
  const marks = bytes.toString('latin1', 0, end).split('\n').flatMap(parseMark)
  return { marks, next: after + end }
}

function parseMark(line: string): OutputMark[] {
  const match = /^(\d+) ([oe]) (\d+)$/.exec(line)
  if (!match) return []
  return [
    {
      at: timestamp(Number(match[1])),
      stream: match[2] === 'o' ? 'stdout' : 'stderr',
      offset: Number(match[3]),
    },
  ]
}

/** The bytes of a file from `offset` to its end, at most `limit`. */
export function readFrom(file: string, offset: number, limit = Number.POSITIVE_INFINITY): Buffer {
  const fd = fs.openSync(file, 'r')
  try {
    const length = Math.max(0, Math.min(limit, fs.fstatSync(fd).size - offset))
    const buffer = Buffer.allocUnsafe(length)
    let filled = 0
    while (filled < length) {
      const read = fs.readSync(fd, buffer, filled, length - filled, offset + filled)
      if (read === 0) break
      filled += read
    }
    return buffer.subarray(0, filled)
  } finally {
    fs.closeSync(fd)
  }
}
