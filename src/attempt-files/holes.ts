import fs from 'node:fs'
import { type OutputStream, outputStreams } from '../contract/attempts.ts'
import { readFrom } from './marks.ts'
import type { AttemptFiles } from './paths.ts'

/** What is left out of a stream's middle: the bytes from `from` up to `to`. Their places stay: what follows keeps its offset. */
export type Hole = { from: number; to: number }
export type Holes = Record<OutputStream, Hole | null>

/**
 * `<attempt>.cut` has two lines for each stream, all of the same length: `o from to length`, or blank. A hole only grows,
 * and the line with the larger one counts; the other one is overwritten next, in place, so that it needs no room on a
 * full disk. A line that was not written whole is known by its length, which is not `to - from` then.
 */
const lineBytes = 64
const letters = { stdout: 'o', stderr: 'e' } as const

export function readHoles(files: Pick<AttemptFiles, 'cut'>): Holes {
  const lines = readLines(files)
  return { stdout: larger(lines.stdout), stderr: larger(lines.stderr) }
}

/** Makes the file, before there is anything to write into it: later there may be no room. */
export function prepareHoles(files: AttemptFiles): void {
  if (fs.existsSync(files.cut)) return
  const blank = `${' '.repeat(lineBytes - 1)}\n`
  const making = `${files.cut}.tmp`
  fs.writeFileSync(making, blank.repeat(2 * outputStreams.length), { mode: 0o600, flush: true })
  fs.renameSync(making, files.cut)
}

/**
 * Records that a stream is left out there, from now on for every reader, whatever is in the file. Call it before the
 * bytes go: there is no moment at which the zeros of a hole could be taken for output. On disk when it returns.
 * @returns how to take it back
 */
export function recordHole(files: AttemptFiles, stream: OutputStream, hole: Hole): () => void {
  prepareHoles(files)
  const [first, second] = readLines(files)[stream]
  const older = sizeOf(first) <= sizeOf(second) ? 0 : 1
  const place = (outputStreams.indexOf(stream) * 2 + older) * lineBytes
  const text = `${letters[stream]} ${hole.from} ${hole.to} ${hole.to - hole.from}`
  writeLine(files.cut, place, text)
  return () => writeLine(files.cut, place, '')
}

function writeLine(file: string, place: number, text: string): void {
  const fd = fs.openSync(file, 'r+')
  try {
    fs.writeSync(fd, `${text.padEnd(lineBytes - 1)}\n`, place)
    fs.fdatasyncSync(fd)
  } finally {
    fs.closeSync(fd)
  }
}

/** Both together; what lies between them too. */
export function union(one: Hole | null, other: Hole | null): Hole | null {
  if (!one || !other) return one ?? other
  return { from: Math.min(one.from, other.from), to: Math.max(one.to, other.to) }
}

/**
 * The bytes of a stream from `offset` on, at most `limit` of them and up to the next hole at most. From inside a hole
 * it is read from its end: the answer's `offset` says where.
 */
export function readStretch(
  files: AttemptFiles,
  stream: OutputStream,
  offset: number,
  limit = Number.POSITIVE_INFINITY,
): { bytes: Buffer; offset: number } {
  let start = outOf(readHoles(files)[stream], offset)
  for (;;) {
    const bytes = readFrom(files[stream], start, limit)
    // Asked after the bytes were read: a hole is recorded before it is made.
    const hole = readHoles(files)[stream]
    if (!hole || start >= hole.to || start + bytes.length <= hole.from) return { bytes, offset: start }
    if (start < hole.from) return { bytes: bytes.subarray(0, hole.from - start), offset: start }
    start = hole.to
  }
}

const outOf = (hole: Hole | null, offset: number): number =>
  hole && offset >= hole.from && offset < hole.to ? hole.to : offset

type Lines = Record<OutputStream, [Hole | null, Hole | null]>

function readLines({ cut }: Pick<AttemptFiles, 'cut'>): Lines {
  const text = readIfThere(cut)
  const line = (i: number) => parse(text.slice(i * lineBytes, (i + 1) * lineBytes))
  return { stdout: [line(0), line(1)], stderr: [line(2), line(3)] }
}

function parse(line: string): Hole | null {
  const [, from, to, length] = (/^[oe] (\d+) (\d+) (\d+) *\n$/.exec(line) ?? []).map(Number)
  if (from === undefined || to === undefined) return null
  return to > from && to - from === length ? { from, to } : null
}

const sizeOf = (hole: Hole | null): number => (hole ? hole.to - hole.from : 0)
const larger = ([one, other]: [Hole | null, Hole | null]): Hole | null =>
  sizeOf(one) >= sizeOf(other) ? one : other

function readIfThere(file: string): string {
  try {
    return fs.readFileSync(file, 'latin1')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}
