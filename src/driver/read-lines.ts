import { setImmediate as breathe } from 'node:timers/promises'
import { createLines } from '../agents/lines.ts'
import { readStretch } from '../attempt-files/holes.ts'
import { type AttemptFiles, sizeOf } from '../attempt-files/paths.ts'
import type { OutputStream } from '../contract/attempts.ts'
import { watchFolder } from '../watch-folder.ts'

const chunkBytes = 1024 * 1024
/** Where the file system does not notify. */
const slowPollMs = 1000

/** Reads the lines of a stream from `from` on. What is left out of its middle is no line. */
function createTail(files: AttemptFiles, from: number, onLine: (line: string) => void) {
  const lines = createLines()
  let offset = from
  return {
    /** Up to where the file ends now. */
    read: async (): Promise<void> => {
      while (sizeOf(files.stdout) > offset) {
        const { bytes, offset: at } = readStretch(files, 'stdout', offset, chunkBytes)
        if (bytes.length === 0) return
        for (const line of lines.write(bytes)) onLine(line)
        offset = at + bytes.length
        await breathe()
      }
    },
    end: (): void => {
      for (const line of lines.end()) onLine(line)
    },
  }
}

/** The lines of stdout that are there, from an offset on. */
export async function readLines(files: AttemptFiles, from: number, onLine: (line: string) => void) {
  const tail = createTail(files, from, onLine)
  await tail.read()
  tail.end()
}

/** The same as they come. @returns how to stop: once all that is there was read */
export function followLines(files: AttemptFiles, from: number, onLine: (line: string) => void) {
  const tail = createTail(files, from, onLine)
  let reading = Promise.resolve()
  let isWanted = false
  const read = (): void => {
    // One at a time, and none is forgotten that was asked for meanwhile.
    if (isWanted) return
    isWanted = true
    reading = reading.then(() => {
      isWanted = false
      return tail.read()
    })
    reading.catch(() => {})
  }
  const unwatch = watchFolder(files.folder, read)
  const slow = setInterval(read, slowPollMs)
  read()
  return async (): Promise<void> => {
    unwatch()
    clearInterval(slow)
    await reading
    await tail.read()
    tail.end()
  }
}

/** The end of what was written to a stream since an offset. */
export function readEnd(files: AttemptFiles, stream: OutputStream, from: number, mostBytes: number): string {
  const start = Math.max(from, sizeOf(files[stream]) - mostBytes)
  if (sizeOf(files[stream]) <= start) return ''
  const text = readStretch(files, stream, start).bytes.toString('utf8')
  // The first line may begin in its middle.
  return start === from ? text : text.slice(text.indexOf('\n') + 1)
}
