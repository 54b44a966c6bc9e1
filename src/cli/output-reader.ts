import type { Api } from '../contract/api.ts'
import type { OutputStream } from '../contract/attempts.ts'

/** A stretch of one stream, from byte `from` to byte `to`. */
export type Segment = { stream: OutputStream; from: number; to: number }

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
    const { marks, next_after, sizes, ended } = await api.listOutputMarks({ id, attempt, after })
    after = next_after
    const segments: Segment[] = []
    const growTo = (stream: OutputStream, to: number): void => {
      if (to <= seen[stream]) return
      segments.push({ stream, from: seen[stream], to })
      seen[stream] = to
    }
    for (const mark of marks) growTo(mark.stream, Math.min(mark.offset, sizes[mark.stream]))
    const unmarked = ended || options.all ? sizes : sizesBefore
    growTo('stdout', unmarked.stdout)
    growTo('stderr', unmarked.stderr)
    sizesBefore = sizes
    return { segments, ended }
  }
}

export async function* readSegment(api: Api, id: string, attempt: number, segment: Segment) {
  let offset = segment.from
  while (offset < segment.to) {
    const { bytes } = await readBytes(api, id, attempt, { ...segment, from: offset })
    if (bytes.length === 0) return
    offset += bytes.length
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
    for (let to = segment.to; to > segment.from; ) {
      const from = Math.max(segment.from, to - chunkBytes)
      const { bytes } = await readBytes(api, id, attempt, { ...segment, from, to })
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
