import type { OutputMark, OutputStream } from '../../../src/contract/attempts.ts'
import { api } from '../../api/client.ts'
import { afterReturns, plainLook, readLine, type Span } from '../../output/ansi.ts'

export type TailLine = { stream: OutputStream; spans: Span[] }
export type Tail = { lines: TailLine[]; isAll: boolean }

/** More of the end is not read: a line can be as long as the output. */
const mostBytes = 16 * 1024
/** What comes after so many answers is taken stream by stream. */
const mostPages = 10
const longestLine = 500

/**
 * The last lines of an attempt, both streams in the order in which they were seen to grow.
 * @param isAgent what it prints to stdout is events, which are no lines for people
 */
export async function readTail(id: string, attempt: number, most: number, isAgent: boolean): Promise<Tail> {
  const { marks, sizes } = await readMarks(id, attempt)
  const segments = segmentsOf(marks, sizes)
  const kept = endOf(segments)
  const texts = {
    stdout: await readFrom(id, attempt, 'stdout', kept),
    stderr: await readFrom(id, attempt, 'stderr', kept),
  }
  const all = linesOf(kept, texts).filter(({ stream, text }) => !(isAgent && isEvent(stream, text)))
  const isWhole = kept[0]?.from === segments[0]?.from && kept.length === segments.length
  const lines = all.slice(-most).map(({ stream, text }) => ({ stream, spans: spansOf(text) }))
  return { lines, isAll: isWhole && all.length <= most }
}

type Sizes = Record<OutputStream, number>
type Segment = { stream: OutputStream; from: number; to: number }

async function readMarks(id: string, attempt: number): Promise<{ marks: OutputMark[]; sizes: Sizes }> {
  const marks: OutputMark[] = []
  let after = 0
  for (let pages = 1; ; pages++) {
    const told = await api.listOutputMarks({ id, attempt, after })
    marks.push(...told.marks)
    if (told.marks.length === 0 || pages === mostPages) return { marks, sizes: told.sizes }
    after = told.next_after
  }
}

function segmentsOf(marks: readonly OutputMark[], sizes: Sizes): Segment[] {
  const at: Sizes = { stdout: 0, stderr: 0 }
  const segments: Segment[] = []
  const grow = (stream: OutputStream, to: number) => {
    if (to <= at[stream]) return
    const last = segments.at(-1)
    if (last?.stream === stream) last.to = to
    else segments.push({ stream, from: at[stream], to })
    at[stream] = to
  }
  for (const { stream, offset } of marks) grow(stream, offset)
  grow('stdout', sizes.stdout)
  grow('stderr', sizes.stderr)
  return segments
}

function endOf(segments: readonly Segment[]): Segment[] {
  const kept: Segment[] = []
  let room = mostBytes
  for (const segment of segments.toReversed()) {
    if (room <= 0) break
    const from = Math.max(segment.from, segment.to - room)
    kept.unshift({ ...segment, from })
    room -= segment.to - from
  }
  return kept
}

/** What lies together is read at once. @returns what gives the bytes of one */
async function readFrom(id: string, attempt: number, stream: OutputStream, kept: readonly Segment[]) {
  const own = kept.filter(segment => segment.stream === stream)
  const from = own[0]?.from
  const to = own.at(-1)?.to
  if (from === undefined || to === undefined) return () => new Uint8Array()
  const { bytes, offset } = await api.readOutput({ id, attempt, stream, offset: from, limit: mostBytes })
  return (segment: Segment) =>
    bytes.subarray(Math.max(0, segment.from - offset), Math.max(0, segment.to - offset))
}

type Texts = Record<OutputStream, (segment: Segment) => Uint8Array>
type RawLine = { stream: OutputStream; text: string }

/** A line that the other stream came into is one line, where it ends. */
function linesOf(segments: readonly Segment[], texts: Texts): RawLine[] {
  const lines: RawLine[] = []
  const rest = { stdout: '', stderr: '' }
  const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() }
  for (const segment of segments) {
    const { stream } = segment
    const text = decoders[stream].decode(texts[stream](segment), { stream: true })
    const pieces = (rest[stream] + text).split('\n')
    rest[stream] = pieces.pop() ?? ''
    lines.push(...pieces.map(text => ({ stream, text })))
  }
  for (const stream of ['stdout', 'stderr'] as const) {
    if (rest[stream] !== '') lines.push({ stream, text: rest[stream] })
  }
  return lines
}

const spansOf = (text: string): Span[] => {
  const line = afterReturns(text)
  return readLine(line.length > longestLine ? `${line.slice(0, longestLine)}…` : line, plainLook).spans
}

const isEvent = (stream: OutputStream, text: string): boolean => stream === 'stdout' && text.startsWith('{')
