import { type Hole, type Holes, readHoles, readStretch } from '../attempt-files/holes.ts'
import { readMarks } from '../attempt-files/marks.ts'
import { type AttemptFiles, sizeOf } from '../attempt-files/paths.ts'
import type { Api } from '../contract/api.ts'
import { type OutputStream, outputStreams } from '../contract/attempts.ts'
import type { Task } from '../contract/tasks.ts'
import type { Report } from './report.ts'
import { throttle } from './timers.ts'

/** How often what has grown is sent, and how much of it at a time. */
const sendEveryMs = 200
const chunkBytes = 1_000_000

/** Sends what a task writes here to the server that keeps it. */
export type Upload = {
  grown(): void
  /** Sends all that is there; call it when the task has ended, before that is said. */
  flush(): Promise<void>
  stop(): void
}

export function createUpload(api: Api, report: Report, task: Task, files: AttemptFiles): Upload {
  const id = task.id
  const attempt = task.attempt as number
  let sent: Record<OutputStream, number> | undefined
  const told: Holes = { stdout: null, stderr: null }
  let marksSent = 0
  let sending: Promise<void> = Promise.resolve()

  /** What is left out here is left out there: it is told once all before it is there, and again when it has grown. */
  const sendStream = async (sizes: Record<OutputStream, number>, stream: OutputStream): Promise<void> => {
    for (;;) {
      const { bytes, offset } = readSome(files, stream, sizes[stream])
      const hole = readHoles(files)[stream]
      const isNews = hole !== null && sizes[stream] >= hole.from && !isSame(hole, told[stream])
      if (bytes.length === 0 && !isNews) return
      const { marks, next } = readMarks(files.marks, marksSent)
      const { size } = await api.appendOutput({
        ...{ id, attempt, stream, offset, marks },
        data: bytes.toString('base64'),
        ...(isNews ? { left_out: hole } : {}),
      })
      if (isNews) told[stream] = hole
      sizes[stream] = size
      marksSent = next
    }
  }
  /** Marks of what is there already: the last ones are written after the last bytes were sent. */
  const sendMarks = async ({ stdout }: Record<OutputStream, number>): Promise<void> => {
    const { marks, next } = readMarks(files.marks, marksSent)
    if (marks.length === 0) return
    await api.appendOutput({ id, attempt, stream: 'stdout', offset: stdout, data: '', marks })
    marksSent = next
  }
  const send = async (): Promise<void> => {
    // Where an earlier runner stopped sending, only the server knows.
    sent ??= (await api.listOutputMarks({ id, attempt })).sizes
    for (const stream of outputStreams) await sendStream(sent, stream)
    await sendMarks(sent)
  }
  /** One at a time: two senders would leave gaps. */
  const next = (): Promise<void> => {
    sending = sending.catch(() => {}).then(send)
    return sending
  }
  const regularly = throttle(() => {
    next().catch(error => {
      report({
        type: 'warning',
        message: `Output of ${task.friendly_id} could not be sent yet: ${error.message}`,
      })
    })
  }, sendEveryMs)
  return { grown: regularly.call, flush: next, stop: regularly.stop }
}

const readSome = (files: AttemptFiles, stream: OutputStream, offset: number) =>
  sizeOf(files[stream]) > offset
    ? readStretch(files, stream, offset, chunkBytes)
    : { bytes: Buffer.alloc(0), offset }

const isSame = (one: Hole, other: Hole | null): boolean => one.from === other?.from && one.to === other.to
