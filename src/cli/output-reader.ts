import type { Api } from '../contract/api.ts'
import type { OutputStream } from '../contract/attempts.ts'

/** A stretch of one stream, from byte `from` to byte `to`; of one that is left out, nothing is there to be read. */
export type Segment = { stream: OutputStream; from: number; to: number; leftOut?: true }

type Sizes = Record<OutputStream, number>
export type Looked = { segments: Segment[]; ended: boolean }

/** The most that one call answers. */
const chunkBytes = 1_048_576

/**
 * Looks again and again what an attempt has written since the last look, in the order in which it was seen to grow.
 * While the attempt runs, what no mark covers yet is held back until the next look: its mark may just be on its way.
 */
export function createOutputReader(api: Api, id: string, attempt: number) {
  const seen: Sizes = { stdout: 0, stderr: 0 }
  let after = 0
  let sizesBefore: Sizes = { stdout: 0, stderr: 0 }

  return async (options: { all: boolean }): Promise<Looked> => {
    const { marks, next_after, sizes, left_out, ended } = await api.listOutputMarks({ id, attempt, after })
    after = next_after
    const segments: Segment[] = []
    const add = (segment: Segment): void => {
      if (segment.to <= segment.from) return
      segments.push(segment)
      seen[segment.stream] = segment.to
    }
    const growTo = (stream: OutputStream, to: number): void => {
      const hole = left_out.find(it => it.stream === stream)
      if (hole && hole.from < to && hole.to > seen[stream]) {
        add({ stream, from: seen[stream], to: hole.from })
        add({ stream, from: seen[stream], to: hole.to, leftOut: true })
      }
      add({ stream, from: seen[stream], to })
    }
    for (const mark of marks) growTo(mark.stream, Math.min(mark.offset, sizes[mark.stream]))
    const unmarked = ended || options.all ? sizes : sizesBefore
    growTo('stdout', unmarked.stdout)
    growTo('stderr', unmarked.stderr)
    sizesBefore = sizes
    return { segments, ended }
  }
}

/** The bytes of a segment; a number stands for as many that were left out meanwhile. */
export async function* readSegment(
  api: Api,
  id: string,
  attempt: number,
  { stream, from, to, leftOut }: Segment,
): AsyncGenerator<Uint8Array | number> {
  if (leftOut) return yield to - from
  let offset = from
  while (offset < to) {
    const answer = await readBytes(api, id, attempt, { stream, from: offset, to })
    const start = Math.min(answer.offset, to)
    if (start > offset) yield start - offset
    const bytes = answer.bytes.subarray(0, to - start)
    offset = start + bytes.length
    if (bytes.length === 0) return
    yield bytes
  }
}

/** The segments from the last `lines` lines on. A line break at the very end begins no line. */
export async function lastLines(
  api: Api,
  id: string,
  attempt: number,
  segments: readonly Segment[],
  lines: number,
): Promise<Segment[]> {
  if (lines === 0) return []
  const kept: Segment[] = []
  let wanted = lines
  let isEnd = true
  for (const segment of segments.toReversed()) {
    if (segment.leftOut) {
      kept.unshift(segment)
      continue
    }
    for (let to = segment.to; to > segment.from; ) {
      const from = Math.max(segment.from, to - chunkBytes)
      const { bytes, offset } = await readBytes(api, id, attempt, { ...segment, from, to })
      // Left out since it was looked: what is behind it is all there is.
      if (offset > from) return [{ ...segment, from: Math.min(offset, segment.to) }, ...kept]
      for (let i = bytes.length - 1; i >= 0; i--) {
        if (bytes[i] === 0x0a && !isEnd && --wanted === 0)
          return [{ ...segment, from: from + i + 1 }, ...kept]
        isEnd = false
      }
      to = from
    }
    kept.unshift(segment)
  }
  return kept
}

function readBytes(api: Api, id: string, attempt: number, { stream, from, to }: Segment) {
  return api.readOutput({ id, attempt, stream, offset: from, limit: Math.min(chunkBytes, to - from) })
}
