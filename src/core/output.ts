import fs from 'node:fs'
import { appendMark, readFrom, readMarks } from '../attempt-files/marks.ts'
import { type AttemptFiles, attemptFiles, outputSizes, sizeOf } from '../attempt-files/paths.ts'
import type { Input, Output } from '../contract/api.ts'
import type { OutputMark } from '../contract/attempts.ts'
import { conflict, invalid } from '../contract/errors.ts'
import { getAttempt, requireCurrent } from './attempts.ts'
import type { Context } from './context.ts'
import { findTask } from './find.ts'

export function readOutput(ctx: Context, input: Input<'readOutput'>): Output<'readOutput'> {
  const { files, ended } = findOutput(ctx, input)
  // Whether it has ended is asked before the size: what an ended attempt wrote is there.
  const total = outputSizes(files)[input.stream]
  const offset = Math.min(input.offset ?? 0, total)
  const bytes =
    total > offset ? readFrom(files[input.stream], offset, input.limit ?? 1_048_576) : new Uint8Array()
  return { bytes, offset, next_offset: offset + bytes.length, total, ended }
}

export function listOutputMarks(ctx: Context, input: Input<'listOutputMarks'>): Output<'listOutputMarks'> {
  const { files, ended } = findOutput(ctx, input)
  const { marks, next } = readMarks(files.marks, input.after ?? 0)
  return { marks, next_after: next, sizes: outputSizes(files), ended }
}

/**
 * Adds to the output of a running attempt. Said twice, the bytes are there once: what lies below the present size is
 * there already.
 * @throws conflict when bytes between the present size and `offset` are missing
 */
export function appendOutput(ctx: Context, input: Input<'appendOutput'>): Output<'appendOutput'> {
  const task = requireCurrent(findTask(ctx, input.id), input.attempt)
  const files = attemptFiles(ctx.logs, task.id, input.attempt)
  const size = sizeOf(files[input.stream])
  if (input.offset > size) {
    throw conflict(
      `${task.friendly_id}: the ${input.stream} that is here has ${size} bytes, not ${input.offset}.`,
    )
  }
  const bytes = decode(input.data).subarray(size - input.offset)
  fs.mkdirSync(files.folder, { recursive: true, mode: 0o700 })
  fs.appendFileSync(files[input.stream], bytes, { mode: 0o600 })
  appendMarks(files, input.marks ?? [])
  return { size: size + bytes.length }
}

/** Node skips over what is no base64; a byte that was lost that way would be lost for good. */
function decode(data: string): Buffer {
  const bytes = Buffer.from(data, 'base64')
  if (bytes.toString('base64') === data) return bytes
  throw invalid('data is not base64.', { errors: [{ pointer: '/data', detail: 'is not base64' }] })
}

function appendMarks(files: AttemptFiles, marks: OutputMark[]): void {
  if (marks.length === 0) return
  const known = { stdout: 0, stderr: 0 }
  for (const mark of readMarks(files.marks).marks) known[mark.stream] = mark.offset
  const fd = fs.openSync(files.marks, 'a', 0o600)
  try {
    for (const { at, stream, offset } of marks) {
      if (offset > known[stream]) appendMark(fd, { at: Date.parse(at), stream, offset })
    }
  } finally {
    fs.closeSync(fd)
  }
}

function findOutput(ctx: Context, input: { id: string; attempt?: number | undefined }) {
  const task = findTask(ctx, input.id)
  const number = input.attempt ?? task.attempt
  const ended = number === null ? task.status !== 'queued' : getAttempt(ctx, task, number).outcome !== null
  return { files: attemptFiles(ctx.logs, task.id, number ?? 1), ended }
}
