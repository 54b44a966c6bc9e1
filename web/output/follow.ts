import type { Output, OutputChunk } from '../../src/contract/api.ts'
import type { OutputStream } from '../../src/contract/attempts.ts'
import type { LineStore } from './line-store.ts'
import { type OutputSource, streams } from './output-source.ts'

type Told = {
  changed: () => void
  /** All that was there when it was asked has been taken in. */
  loaded: () => void
  troubled: (error: unknown) => void
  ended: () => void
}

const pollMs = 300
const slowPollMs = 2000
const stretchBytes = 1024 * 1024

/** Takes in what an attempt has written and goes on writing, in turns as the marks say, until it has ended. */
export async function follow(source: OutputSource, store: LineStore, told: Told, signal: AbortSignal) {
  let after = 0
  while (!signal.aborted) {
    try {
      const answer = await source.marks(after)
      if (signal.aborted) return
      for (const { stream, from, to } of answer.left_out) store.hide(stream, { from, to })
      const isLast = answer.ended && answer.marks.length === 0
      await takeUpTo(source, store, isLast ? [...answer.marks, ...ends(answer)] : answer.marks, told, signal)
      if (!signal.aborted) told.loaded()
      if (isLast) return told.ended()
      after = answer.next_after
      if (!answer.ended) await pause(pollMs, signal)
    } catch (error) {
      told.troubled(error)
      await pause(slowPollMs, signal)
    }
  }
}

type Mark = Output<'listOutputMarks'>['marks'][number]

const ends = ({ sizes }: Output<'listOutputMarks'>): Mark[] =>
  streams.map(stream => ({ stream, offset: sizes[stream], at: '' }))

async function takeUpTo(
  source: OutputSource,
  store: LineStore,
  marks: Mark[],
  told: Told,
  signal: AbortSignal,
): Promise<void> {
  const ahead: Partial<Record<OutputStream, OutputChunk>> = {}
  for (const { stream, offset: goal, at } of marks) {
    while (store.at(stream) < goal && !signal.aborted) {
      const known = ahead[stream]
      const isKnown = known && known.next_offset > store.at(stream)
      const chunk = isKnown ? known : await source.read(stream, store.at(stream), stretchBytes)
      if (chunk.next_offset <= store.at(stream)) break
      ahead[stream] = chunk
      takeStretch(store, stream, chunk, goal, at === '' ? Date.now() : Date.parse(at))
      if (!isKnown) told.changed()
    }
  }
  told.changed()
}

function takeStretch(store: LineStore, stream: OutputStream, chunk: OutputChunk, goal: number, at: number) {
  const { bytes, offset, next_offset } = chunk
  const from = store.at(stream)
  if (offset >= goal) return store.leaveOut(stream, { from, to: offset }, at)
  const start = Math.max(from, offset)
  store.take(stream, start, bytes.subarray(start - offset, Math.min(next_offset, goal) - offset), at)
}

/** A hidden page reads nothing until it is looked at. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const done = () => {
      if (document.hidden && !signal.aborted) return
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', done)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    document.addEventListener('visibilitychange', done)
    signal.addEventListener('abort', done)
  })
}
