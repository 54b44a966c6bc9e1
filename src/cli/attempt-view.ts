import type { Api } from '../contract/api.ts'
import { type Looked, lastLines, readSegment, type Segment } from './output-reader.ts'
import type { OutputWriter } from './output-writer.ts'
import { openRendering, type Rendering } from './rendering.ts'
import { createTailWriter } from './tail-writer.ts'

type Of = { id: string; attempt: number; raw: boolean; colour: boolean }

/** Shows what is found of an attempt's output, look by look: an agent's as a transcript, unless it is to be raw. */
export function createAttemptView(api: Api, { id, attempt, raw, colour }: Of, writer: OutputWriter) {
  let rendering: (Rendering & { agent: string | undefined }) | undefined

  const asItIs = async (segments: readonly Segment[], tail: number | undefined): Promise<void> => {
    for (const segment of tail === undefined ? segments : await lastLines(api, id, attempt, segments, tail)) {
      for await (const piece of readSegment(api, id, attempt, segment)) {
        if (typeof piece === 'number') await writer.skip(piece)
        else await writer.write(segment.stream, piece)
      }
    }
  }
  /** Its lines are not those of the file: to have the last ones, all are made. */
  const rendered = async (
    made: Rendering,
    segments: readonly Segment[],
    tail: number | undefined,
    isOver: boolean,
  ): Promise<void> => {
    const last = tail === undefined ? undefined : createTailWriter(writer, tail)
    const to = last ?? writer
    for (const segment of segments) {
      const { stream } = segment
      for await (const piece of readSegment(api, id, attempt, segment)) {
        if (typeof piece === 'number') {
          if (stream === 'stdout') made.gap()
          await (last ? last.skip(stream, piece) : writer.skip(piece))
        } else {
          const bytes = stream === 'stdout' ? made.write(piece) : piece
          if (bytes.length > 0) await to.write(stream, bytes)
        }
      }
    }
    if (isOver && last) last.write('stdout', made.end())
    await last?.flush()
  }
  return {
    show: async ({ segments, ended }: Looked, tail: number | undefined): Promise<void> => {
      const wanted = segments.filter(({ stream }) => writer.wants(stream))
      if (wanted.length === 0) return
      if (raw) return asItIs(wanted, tail)
      rendering ??= await openRendering(api, { id, attempt, colour })
      if (rendering.agent === undefined) return asItIs(wanted, tail)
      await rendered(rendering, wanted, tail, ended)
    },
    end: async (): Promise<void> => {
      const rest = rendering?.end()
      if (rest && rest.length > 0) await writer.write('stdout', rest)
    },
  }
}
