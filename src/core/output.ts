import fs from 'node:fs'
import { type Hole, readHoles, readStretch, recordHole, union } from '../attempt-files/holes.ts'
import { appendMark, readMarks } from '../attempt-files/marks.ts'
import { type AttemptFiles, attemptFiles, outputSizes, sizeOf } from '../attempt-files/paths.ts'
import { punch } from '../attempt-files/punch.ts'
import type { Input, Output } from '../contract/api.ts'
import { type LeftOut, type OutputMark, type OutputStream, outputStreams } from '../contract/attempts.ts'
import { conflict, invalid } from '../contract/errors.ts'
import { getAttempt, requireCurrent } from './attempt.ts'
import type { Context } from './context.ts'
import { findTask } from './find.ts'

export function readOutput(ctx: Context, input: Input<'readOutput'>): Output<'readOutput'> {
  const { files, ended } = findOutput(ctx, input)
  // Whether it has ended is asked before the size: what an ended attempt wrote is there.
  const total = outputSizes(files)[input.stream]
  const asked = Math.min(input.offset ?? 0, total)
  if (asked === total) return { bytes: new Uint8Array(), offset: total, next_offset: total, total, ended }
  const { bytes, offset } = readStretch(files, input.stream, asked, input.limit ?? 1_048_576)
  return { bytes, offset, next_offset: offset + bytes.length, total: Math.max(total, offset), ended }
}

export function listOutputMarks(ctx: Context, input: Input<'listOutputMarks'>): Output<'listOutputMarks'> {
  const { files, ended } = findOutput(ctx, input)
  const { marks, next } = readMarks(files.marks, input.after ?? 0)
  return { marks, next_after: next, sizes: outputSizes(files), left_out: leftOut(files), ended }
}

function leftOut(files: AttemptFiles): Output<'listOutputMarks'>['left_out'] {
  const holes = readHoles(files)
  return outputStreams.flatMap(stream => {
    const hole = holes[stream]
    return hole ? [{ stream, ...hole }] : []
  })
}

/**
 * Adds to the output of a running attempt. Said twice, the bytes are there once: what lies below the present size is
 * there already. What was left out there (`left_out`) is left out here too, and the stream goes on behind it.
 * @throws conflict when bytes between the present size and `offset`, or what was left out, are missing
 */
export async function appendOutput(
  ctx: Context,
  input: Input<'appendOutput'>,
): Promise<Output<'appendOutput'>> {
  const task = requireCurrent(findTask(ctx, input.id), input.attempt)
  const files = attemptFiles(ctx.logs, task.id, input.attempt)
  const file = files[input.stream]
  const requireUpTo = (offset: number): void => {
    const size = sizeOf(file)
    if (offset <= size) return
    throw conflict(`${task.friendly_id}: the ${input.stream} that is here has ${size} bytes, not ${offset}.`)
  }
  const data = decode(input.data)
  requireUpTo(input.left_out?.from ?? 0)
  fs.mkdirSync(files.folder, { recursive: true, mode: 0o700 })
  const hole = input.left_out && leaveOut(files, input.stream, input.left_out)
  requireUpTo(input.offset)
  fs.appendFileSync(file, data.subarray(sizeOf(file) - input.offset), { mode: 0o600 })
  const size = sizeOf(file)
  appendMarks(files, input.marks ?? [])
  // Where it cannot be done, the bytes stay on disk; nobody reads them any more.
  if (hole) await punch(file, hole).catch(() => {})
  return { size }
}

/** @returns what is to be punched; undefined when that has been said before */
function leaveOut(files: AttemptFiles, stream: OutputStream, said: LeftOut): Hole | undefined {
  if (said.to <= said.from) throw invalid('left_out.to must be more than left_out.from.')
  const known = readHoles(files)[stream]
  const hole = union(known, said) as Hole
  if (known && hole.from === known.from && hole.to === known.to) return undefined
  recordHole(files, stream, hole)
  fs.closeSync(fs.openSync(files[stream], 'a', 0o600))
  if (sizeOf(files[stream]) < hole.to) fs.truncateSync(files[stream], hole.to)
  return hole
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
