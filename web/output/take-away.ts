import type { LineStore } from './line-store.ts'
import { moment } from './search.ts'

const mostCopied = 16 * 1024 * 1024
const sliceMs = 10

/** Lines from number `from` up to before `to`, as plain text; undefined where that is too much for a clipboard. */
export async function copyableText(store: LineStore, from: number, to: number): Promise<string | undefined> {
  const lines: string[] = []
  let bytes = 0
  for await (const at of steps(from, to)) {
    bytes += store.get(at).length
    if (bytes > mostCopied) return undefined
    lines.push(await ready(store, at, () => store.text(at)))
  }
  return lines.map(line => `${line}\n`).join('')
}

/** A file of all that is there now, with its escape sequences, in the order that is shown. */
export async function save(store: LineStore, fileName: string): Promise<void> {
  const blobs: Blob[] = []
  let parts: BlobPart[] = []
  let bytes = 0
  for await (const at of steps(0, store.size)) {
    const raw = await ready(store, at, () => store.raw(at))
    parts.push(raw)
    bytes += raw.length
    if (bytes < 4 * 1024 * 1024) continue
    // The browser may keep these on disk.
    blobs.push(new Blob(parts))
    parts = []
    bytes = 0
  }
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([...blobs, ...parts], { type: 'text/plain' }))
  link.download = fileName
  link.click()
  // The browser has to have begun with it.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}

/** Numbers, with time for the browser between them. */
async function* steps(from: number, to: number): AsyncGenerator<number> {
  let until = performance.now() + sliceMs
  for (let at = from; at < to; at++) {
    yield at
    if (performance.now() < until) continue
    await moment()
    until = performance.now() + sliceMs
  }
}

async function ready<T>(store: LineStore, at: number, look: () => T | undefined): Promise<T> {
  const known = look()
  if (known !== undefined) return known
  await store.fetch(at)
  const found = look()
  if (found === undefined) throw new Error(`Line ${at + 1} could not be read.`)
  return found
}
