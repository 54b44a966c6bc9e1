import { once } from 'node:events'
import fs from 'node:fs'
import type { OutputStream } from '../contract/attempts.ts'
import { createEscapeFilter } from '../escape-filter.ts'
import { sizeText } from './text.ts'

export type OutputWriter = {
  wants(stream: OutputStream): boolean
  /** Resolves when more can be taken. */
  write(stream: OutputStream, bytes: Uint8Array): Promise<void>
  /** Says that so many bytes are not there. */
  skip(bytes: number): Promise<void>
  end(): Promise<void>
}

/** Each stream to its own, the bytes as they are; made harmless where a terminal would act on them. */
export function createOutputWriter(only: { stdout: boolean; stderr: boolean }): OutputWriter {
  const targets = {
    stdout: { to: process.stdout, filter: createEscapeFilter() },
    stderr: { to: process.stderr, filter: createEscapeFilter() },
  }
  const wants = (stream: OutputStream): boolean => (only.stdout || only.stderr ? only[stream] : true)
  let isColoured = false
  let lastByte = 0x0a

  return {
    wants,
    write: async (stream, bytes) => {
      const { to, filter } = targets[stream]
      const shown = to.isTTY ? filter(bytes) : bytes
      lastByte = bytes.at(-1) ?? lastByte
      isColoured ||= to.isTTY && shown.includes(0x1b)
      if (!to.write(shown)) await once(to, 'drain')
    },
    skip: async bytes => {
      // What stands before it is usually the beginning of a line that was cut in its middle.
      const note = `… ${sizeText(bytes)} left out (sparkq.yml: limits.max_output_mb) …\n`
      const isInLine = lastByte !== 0x0a && areOne()
      lastByte = 0x0a
      if (!process.stderr.write(isInLine ? `\n${note}` : note)) await once(process.stderr, 'drain')
    },
    end: async () => {
      // A task that was stopped in the middle of a coloured line must not colour the prompt.
      if (isColoured) process.stdout.write('\x1b[0m')
    },
  }
}

/** Whether stdout and stderr go to the same place: a terminal, or `2>&1`. */
function areOne(): boolean {
  const [out, err] = [fs.fstatSync(1), fs.fstatSync(2)]
  return out.dev === err.dev && out.ino === err.ino
}
