import { readFrom, readMarks } from '../attempt-files/marks.ts'
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
  let marksSent = 0
  let sending: Promise<void> = Promise.resolve()

  const sendStream = async (sizes: Record<OutputStream, number>, stream: OutputStream): Promise<void> => {
    while (sizeOf(files[stream]) > sizes[stream]) {
      const offset = sizes[stream]
      const data = readFrom(files[stream], offset, chunkBytes).toString('base64')
      const { marks, next } = readMarks(files.marks, marksSent)
      const { size } = await api.appendOutput({ id, attempt, stream, offset, data, marks })
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
