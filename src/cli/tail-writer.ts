import type { OutputStream } from '../contract/attempts.ts'
import type { OutputWriter } from './output-writer.ts'

type Line =
  | { stream: OutputStream; bytes: Uint8Array; isWhole: boolean }
  | { stream: OutputStream; skipped: number }

/** Keeps the last lines of what it is given, for another writer to have when `flush` says so. */
export function createTailWriter(to: OutputWriter, most: number) {
  let lines: Line[] = []
  const add = (line: Line): void => {
    lines.push(line)
    if (lines.length > 2 * most + 2) lines = lines.slice(-most - 1)
  }
  return {
    write: (stream: OutputStream, bytes: Uint8Array): void => {
      for (let from = 0; from < bytes.length; ) {
        const end = bytes.indexOf(0x0a, from)
        const isWhole = end !== -1
        const piece = bytes.subarray(from, isWhole ? end + 1 : bytes.length)
        const last = lines.at(-1)
        if (last && 'bytes' in last && last.stream === stream && !last.isWhole)
          lines[lines.length - 1] = { stream, bytes: Buffer.concat([last.bytes, piece]), isWhole }
        else add({ stream, bytes: piece, isWhole })
        from += piece.length
      }
    },
    skip: (stream: OutputStream, skipped: number): void => add({ stream, skipped }),
    flush: async (): Promise<void> => {
      for (const line of most === 0 ? [] : lines.slice(-most)) {
        if ('skipped' in line) await to.skip(line.skipped)
        else await to.write(line.stream, line.bytes)
      }
    },
  }
}
