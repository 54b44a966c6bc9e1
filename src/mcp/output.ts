import { stripVTControlCharacters } from 'node:util'
import type { Api } from '../contract/api.ts'
import { type OutputStream, outputStreams } from '../contract/attempts.ts'
import type { Task } from '../contract/tasks.ts'

/** The end of what an attempt wrote; `cut`: there is more before it. */
export type Tail = Record<OutputStream, { text: string; cut: boolean }>

/** What the last attempt of a task wrote, at most so many bytes of each stream, as plain text. */
export async function readTail(api: Api, task: Task, most: number): Promise<Tail> {
  const none = { text: '', cut: false }
  if (task.attempt === null) return { stdout: none, stderr: none }
  const [stdout, stderr] = await Promise.all(outputStreams.map(stream => tailOf(api, task, stream, most)))
  return { stdout: stdout ?? none, stderr: stderr ?? none }
}

async function tailOf(api: Api, { id, attempt }: Task, stream: OutputStream, most: number) {
  const which = { id, attempt: attempt as number, stream }
  const { total } = await api.readOutput({ ...which, limit: 1 })
  const from = Math.max(0, total - most)
  const { bytes, offset } = await api.readOutput({ ...which, offset: from, limit: most })
  return { text: stripVTControlCharacters(new TextDecoder().decode(bytes)), cut: offset > 0 }
}

export function outputText({ stdout, stderr }: Tail): string {
  const shown = ({ text, cut }: Tail[OutputStream]) => (cut ? `[… more before this]\n${text}` : text)
  if (stderr.text === '') return shown(stdout)
  return `${shown(stdout)}\n--- stderr ---\n${shown(stderr)}`
}
