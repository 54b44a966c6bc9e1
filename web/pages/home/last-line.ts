import { useEffect, useState } from 'react'
import type { Task } from '../../../src/contract/tasks.ts'
import { api } from '../../api/client.ts'
import { afterReturns, plainText } from '../../output/ansi.ts'

const everyMs = 1000
const tailBytes = 4096

/** The last line that a running task has written, once a second while it is looked at. */
export function useLastLine({ id, attempt }: Pick<Task, 'id' | 'attempt'>): string {
  const [line, setLine] = useState('')
  useEffect(() => {
    if (attempt === null) return
    const read = createTail(id, attempt)
    let ended = false
    let timer: number | undefined
    const look = async () => {
      if (!document.hidden) {
        // What the server says when it is gone is said at the top of the page.
        const found = await read().catch(() => undefined)
        if (found !== undefined && !ended) setLine(found)
      }
      if (!ended) timer = window.setTimeout(look, everyMs)
    }
    void look()
    return () => {
      ended = true
      clearTimeout(timer)
    }
  }, [id, attempt])
  return line
}

/** Reads the end of the stream that has grown last, and only when one has. */
function createTail(id: string, attempt: number): () => Promise<string | undefined> {
  let after = 0
  const sizes = { stdout: 0, stderr: 0 }
  return async () => {
    const told = await api.listOutputMarks({ id, attempt, after })
    after = told.next_after
    const grown = (['stderr', 'stdout'] as const).filter(stream => told.sizes[stream] > sizes[stream])
    const stream = grown.find(it => it === told.marks.at(-1)?.stream) ?? grown.at(-1)
    Object.assign(sizes, told.sizes)
    if (!stream) return undefined
    const offset = Math.max(0, told.sizes[stream] - tailBytes)
    const { bytes } = await api.readOutput({ id, attempt, stream, offset, limit: tailBytes })
    return lastLineOf(new TextDecoder().decode(bytes))
  }
}

function lastLineOf(text: string): string | undefined {
  const lines = text.split('\n').map(line => plainText(afterReturns(line)).trim())
  return lines.findLast(line => line !== '')
}
