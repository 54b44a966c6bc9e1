import fs from 'node:fs'
import { appendMark, readMarks } from '../attempt-files/marks.ts'
import { type AttemptFiles, outputSizes } from '../attempt-files/paths.ts'
import { type OutputStream, outputStreams } from '../contract/attempts.ts'
import { watchFolder } from '../watch-folder.ts'

/** Marks of one stream that grows on and on lie at least this far apart; a change of stream is marked at once. */
const markEveryMs = 100
/** Where the file system does not notify. */
const slowPollMs = 500
/** A flood of file events is looked at no more often than this. */
const lookEveryMs = 2

/**
 * Writes down when which stream grew how far, so that both can be shown in the order seen. Goes on where an earlier
 * runner stopped: what it did not live to see is marked now.
 * @returns how to stop; the last look is taken then, so call it after the task has ended
 */
export function watchOutput(
  files: AttemptFiles,
  onGrowth: (sizes: Record<OutputStream, number>) => void,
  onError: (error: Error) => void,
): () => void {
  const seen = lastMarked(files)
  const marks = createMarks(files, onError)
  let lookTimer: NodeJS.Timeout | undefined

  const look = (): void => {
    lookTimer = undefined
    const sizes = outputSizes(files)
    const grown = outputStreams.filter(stream => sizes[stream] > seen[stream])
    for (const stream of grown) {
      seen[stream] = sizes[stream]
      marks.note(stream, sizes[stream])
    }
    if (grown.length > 0) onGrowth(sizes)
  }
  const unwatch = watchFolder(files.folder, () => {
    lookTimer ??= setTimeout(look, lookEveryMs)
  })
  const slow = setInterval(look, slowPollMs)
  look()

  return () => {
    unwatch()
    clearInterval(slow)
    clearTimeout(lookTimer)
    look()
    marks.close()
  }
}

/**
 * Keeps back the mark of a stream that goes on growing, until the other one grows or a while has passed. Marks are a
 * convenience: without them (a full disk) output is whole, only the order between the streams is not known. That is
 * told once.
 */
function createMarks(files: AttemptFiles, onError: (error: Error) => void) {
  let fd: number | undefined
  let pending: { at: number; stream: OutputStream; offset: number } | undefined
  let written = 0
  let failed = false
  let timer: NodeJS.Timeout | undefined

  const write = (): void => {
    clearTimeout(timer)
    timer = undefined
    if (!pending) return
    try {
      fd ??= openMarks(files)
      appendMark(fd, pending)
    } catch (error) {
      if (!failed) onError(error as Error)
      failed = true
    }
    written = pending.at
    pending = undefined
  }
  return {
    note(stream: OutputStream, offset: number): void {
      if (pending && pending.stream !== stream) write()
      pending = { at: Date.now(), stream, offset }
      if (pending.at - written >= markEveryMs) write()
      else timer ??= setTimeout(write, markEveryMs)
    },
    close(): void {
      write()
      if (fd !== undefined) fs.closeSync(fd)
    },
  }
}

function openMarks(files: AttemptFiles): number {
  fs.mkdirSync(files.folder, { recursive: true, mode: 0o700 })
  return fs.openSync(files.marks, 'a', 0o600)
}

function lastMarked(files: AttemptFiles): Record<OutputStream, number> {
  const sizes = { stdout: 0, stderr: 0 }
  for (const mark of readMarks(files.marks).marks) sizes[mark.stream] = mark.offset
  return sizes
}
