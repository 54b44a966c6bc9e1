import type { Api } from '../../contract/api.ts'
import type { OutputStream } from '../../contract/attempts.ts'
import { createEscapeFilter } from '../../escape-filter.ts'
import { createOutputReader, readSegment, type Segment } from '../output-reader.ts'
import { openRendering } from '../rendering.ts'
import { sizeText } from '../text.ts'
import { cleanLine, colourAfter } from './coloured.ts'

/** One line, in which nothing is left that a terminal acts on but colours; `stream` is null for what is said of a hole. */
export type TailLine = { stream: OutputStream | null; text: string }
export type Tail = { lines: TailLine[]; isAll: boolean }

/** More of the end is not looked at: a line can be as long as the output. An event says much more than is shown of it. */
const mostBytes = 64 * 1024
const mostEventBytes = 1024 * 1024

/** The last lines that an attempt wrote, both streams in the order in which they were seen to grow; an agent's as a transcript. */
export async function readTail(api: Api, id: string, attempt: number, most: number): Promise<Tail> {
  const { segments } = await createOutputReader(api, id, attempt)({ all: true })
  const rendering = await openRendering(api, { id, attempt, colour: true })
  const ends = endOf(segments, rendering.agent === undefined ? mostBytes : mostEventBytes)
  const bytes = {
    stdout: await readRange(api, id, attempt, ends, 'stdout'),
    stderr: await readRange(api, id, attempt, ends, 'stderr'),
  }
  const lines = createLines()
  if ((ends.find(it => it.stream === 'stdout')?.from ?? 0) > 0) rendering.gap()
  for (const segment of ends) {
    const { stream } = segment
    if (segment.leftOut) {
      if (stream === 'stdout') rendering.gap()
      lines.note(`… ${sizeText(segment.to - segment.from)} left out …`)
    } else {
      const read = bytes[stream](segment)
      lines.add(stream, stream === 'stdout' ? rendering.write(read) : read)
    }
  }
  lines.add('stdout', rendering.end())
  const all = lines.end()
  const isWhole = ends.length === segments.length && ends[0]?.from === segments[0]?.from
  return { lines: all.slice(-most), isAll: isWhole && all.length <= most }
}

function endOf(segments: readonly Segment[], most: number): Segment[] {
  const kept: Segment[] = []
  let room = most
  for (const segment of segments.toReversed()) {
    if (room <= 0) break
    const from = segment.leftOut ? segment.from : Math.max(segment.from, segment.to - room)
    kept.unshift({ ...segment, from })
    if (!segment.leftOut) room -= segment.to - from
  }
  return kept
}

/** Reads what lies together at once, however many segments there are of it. @returns what gives the bytes of one */
async function readRange(
  api: Api,
  id: string,
  attempt: number,
  segments: readonly Segment[],
  stream: OutputStream,
): Promise<(segment: Segment) => Buffer> {
  const stretches: { from: number; to: number; bytes: Buffer }[] = []
  for (const { from, to } of joined(segments.filter(it => it.stream === stream && !it.leftOut))) {
    const bytes = Buffer.alloc(to - from)
    let at = 0
    for await (const piece of readSegment(api, id, attempt, { stream, from, to })) {
      if (typeof piece !== 'number') bytes.set(piece, at)
      at += typeof piece === 'number' ? piece : piece.length
    }
    stretches.push({ from, to, bytes })
  }
  return segment => {
    const found = stretches.find(it => it.from <= segment.from && it.to >= segment.to)
    return found ? found.bytes.subarray(segment.from - found.from, segment.to - found.from) : Buffer.alloc(0)
  }
}

/** Segments that follow each other as one. */
function joined(segments: readonly Segment[]): Segment[] {
  const all: Segment[] = []
  for (const segment of segments) {
    const last = all.at(-1)
    if (last && last.to === segment.from) last.to = segment.to
    else all.push({ ...segment })
  }
  return all
}

function createLines() {
  const lines: TailLine[] = []
  const streams = { stdout: createStream(), stderr: createStream() }
  const push = (stream: OutputStream) => (text: string) => lines.push({ stream, text })
  return {
    add: (stream: OutputStream, bytes: Uint8Array): void => streams[stream].add(bytes, push(stream)),
    note: (text: string): void => {
      for (const stream of ['stdout', 'stderr'] as const) streams[stream].end(push(stream))
      lines.push({ stream: null, text })
    },
    end: (): TailLine[] => {
      for (const stream of ['stdout', 'stderr'] as const) streams[stream].end(push(stream))
      return lines
    },
  }
}

/** Cuts one stream into lines; a colour that is still on at the end of one goes on in the next. */
function createStream() {
  const filter = createEscapeFilter()
  const decoder = new TextDecoder()
  let rest = ''
  let colour = ''
  const take = (raw: string, push: (text: string) => void): void => {
    const line = cleanLine(colour + raw)
    colour = colourAfter(line)
    push(line)
  }
  return {
    add: (bytes: Uint8Array, push: (text: string) => void): void => {
      const pieces = (rest + decoder.decode(filter(bytes), { stream: true })).split('\n')
      rest = pieces.pop() ?? ''
      for (const piece of pieces) take(piece, push)
    },
    end: (push: (text: string) => void): void => {
      if (rest !== '') take(rest, push)
      rest = ''
    },
  }
}
