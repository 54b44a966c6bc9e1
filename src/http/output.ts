import { setTimeout as delay } from 'node:timers/promises'
import type { Api, Input, OutputChunk } from '../contract/api.ts'
import { invalid } from '../contract/errors.ts'
import type { Fields } from './request.ts'

/** What no browser will ever run or frame, whatever a task wrote. */
export const plainHeaders = {
  'Content-Type': 'text/plain; charset=utf-8',
  'X-Content-Type-Options': 'nosniff',
  'Content-Security-Policy': 'sandbox',
}

/** Where in its stream a chunk lies, for whoever reads on. */
export const chunkHeaders = ({ offset, next_offset, total, ended }: OutputChunk) => ({
  'Sparkq-Offset': String(offset),
  'Sparkq-Next-Offset': String(next_offset),
  'Sparkq-Total': String(total),
  'Sparkq-Ended': String(ended),
})

/** `?follow=true`, which only HTTP has. @returns the other fields, and whether to follow */
export function takeFollow({ follow, ...input }: Fields): { input: Fields; follow: boolean } {
  if (follow === undefined || follow === 'false') return { input, follow: false }
  if (follow !== 'true') {
    throw invalid('follow must be true or false.', {
      errors: [{ pointer: '/follow', detail: 'must be true or false' }],
    })
  }
  if (input.limit === undefined) return { input, follow: true }
  throw invalid('follow has no limit: it ends with the attempt.', {
    errors: [{ pointer: '/limit', detail: 'cannot be said with follow' }],
  })
}

const chunkBytes = 65_536
/** How often output is looked at: often while it grows, more rarely the longer it does not. */
const soonMs = 50
const lateMs = 500

/**
 * What an attempt writes to one stream, from `offset` until it has ended. Of a task that waits for its first attempt,
 * that one. @throws when `signal` aborts before the end, so that what was sent is not taken for the whole
 */
export async function* followOutput(
  api: Api,
  given: Input<'readOutput'>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const { task } = await api.getTask({ id: given.id })
  const alarm = createAlarm(api, task.id, signal)
  let attempt = given.attempt ?? task.attempt
  let offset = given.offset ?? 0
  let pause = soonMs
  for (;;) {
    alarm.reset()
    attempt ??= (await api.getTask({ id: task.id })).task.attempt
    const which = attempt === null ? {} : { attempt }
    const chunk = await api.readOutput({ ...given, ...which, id: task.id, offset, limit: chunkBytes })
    signal.throwIfAborted()
    offset = chunk.next_offset
    if (chunk.bytes.length > 0) yield chunk.bytes
    else if (chunk.ended) return
    pause = chunk.bytes.length > 0 ? soonMs : Math.min(pause * 1.5, lateMs)
    if (offset === chunk.total && !chunk.ended) await alarm.wait(pause)
  }
}

/** Waits that end early when something happens to the task, such as its end. */
function createAlarm(api: Api, task_id: string, signal: AbortSignal) {
  let ringing = new AbortController()
  void (async () => {
    for await (const event of api.watchEvents({ signal })) if (event.task_id === task_id) ringing.abort()
  })().catch(() => {
    // The waits are short: it ends without being told, too.
  })
  signal.addEventListener('abort', () => ringing.abort(), { once: true })
  return {
    reset: () => {
      if (ringing.signal.aborted && !signal.aborted) ringing = new AbortController()
    },
    wait: (ms: number) => delay(ms, undefined, { signal: ringing.signal }).catch(() => {}),
  }
}
