import { createTranscript } from '../../../src/agents/transcript.ts'
import type { AgentName } from '../../../src/contract/agents.ts'
import type { Output } from '../../../src/contract/api.ts'
import type { OutputSource } from '../../output/output-source.ts'

const stretchBytes = 1024 * 1024

/** The events of an agent as text, as if that were what it had written. */
export function transcriptSource(agent: AgentName, source: OutputSource): OutputSource {
  let told = createTelling(agent, source)
  return {
    ...source,
    marks: after => {
      // Whoever begins anew reads from the beginning.
      if (after === 0) told = createTelling(agent, source)
      return told.marks(after)
    },
    read: async (_, offset, limit) => told.read(offset, limit),
  }
}

function createTelling(agent: AgentName, source: OutputSource) {
  const transcript = createTranscript(agent, { colour: true })
  const encoder = new TextEncoder()
  const parts: { at: number; bytes: Uint8Array }[] = []
  let length = 0
  let taken = 0
  let isOver = false

  const add = (text: string): void => {
    if (text === '') return
    const bytes = encoder.encode(text)
    parts.push({ at: length, bytes })
    length += bytes.length
  }
  const takeUpTo = async (goal: number): Promise<void> => {
    while (taken < goal) {
      const { bytes, next_offset } = await source.read('stdout', taken, Math.min(stretchBytes, goal - taken))
      if (next_offset <= taken) return
      add(transcript.write(bytes))
      taken = next_offset
    }
  }
  return {
    marks: async (after: number): Promise<Output<'listOutputMarks'>> => {
      const answer = await source.marks(after)
      const before = length
      await takeUpTo(answer.sizes.stdout)
      if (answer.ended && answer.marks.length === 0 && !isOver) {
        isOver = true
        add(transcript.end())
      }
      const at = answer.marks.at(-1)?.at ?? new Date().toISOString()
      const grown = length > before ? [{ at, stream: 'stdout' as const, offset: length }] : []
      return { ...answer, marks: grown, sizes: { stdout: length, stderr: 0 }, left_out: [] }
    },
    read: (offset: number, limit: number) => {
      const bytes = gathered(parts, offset, Math.min(length, offset + limit))
      return { bytes, offset, next_offset: offset + bytes.length, total: length, ended: isOver }
    },
  }
}

function gathered(parts: { at: number; bytes: Uint8Array }[], from: number, to: number): Uint8Array {
  const whole = new Uint8Array(Math.max(0, to - from))
  for (const { at, bytes } of parts) {
    if (at >= to || at + bytes.length <= from) continue
    const start = Math.max(from, at)
    whole.set(bytes.subarray(start - at, Math.min(to, at + bytes.length) - at), start - from)
  }
  return whole
}
