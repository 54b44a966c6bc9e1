import type { OutputStream } from '../../src/contract/attempts.ts'
import { afterReturns, type Look, plainLook, plainText, readLine, type Span } from './ansi.ts'
import { BytePages, type ReadStretch } from './byte-pages.ts'
import { type IndexedLine, LineIndex } from './line-index.ts'

/** A line as it is shown: `cut` bytes of a very long one are not. */
export type ShownLine = IndexedLine & { spans: Span[]; cut: boolean }

/** What each stream may keep in memory; more is read again where it is looked at. */
const keptBytes = { stdout: 40 * 1024 * 1024, stderr: 16 * 1024 * 1024 }
const longestShown = 10_000
const longestDecoded = 64 * 1024
const newline = 0x0a
const escapeByte = 0x1b
const carriageReturn = 0x0d

type Stream = { at: number; open: number | undefined; look: number; pages: BytePages; hole: Hole | undefined }
type Hole = { from: number; to: number }

/** The lines of both streams in the order in which they were begun. */
export class LineStore {
  #index = new LineIndex()
  #streams: Record<OutputStream, Stream>
  #looks: Look[] = [plainLook]
  #lookNumbers = new Map([[JSON.stringify(plainLook), 0]])
  #decoder = new TextDecoder()
  #lost = new Set<number>()

  constructor(read: (stream: OutputStream) => ReadStretch) {
    const open = (name: OutputStream): Stream => ({
      at: 0,
      open: undefined,
      look: 0,
      pages: new BytePages(keptBytes[name], read(name)),
      hole: undefined,
    })
    this.#streams = { stdout: open('stdout'), stderr: open('stderr') }
  }

  get size(): number {
    return this.#index.size
  }

  /** How far a stream has been taken in. */
  at(name: OutputStream): number {
    return this.#streams[name].at
  }

  /** What follows on this stream; where it begins later than the stream is known, what is between was not kept. */
  take(name: OutputStream, offset: number, bytes: Uint8Array, at: number): void {
    const stream = this.#streams[name]
    if (offset > stream.at) this.leaveOut(name, { from: stream.at, to: offset }, at)
    stream.pages.put(offset, bytes)
    let escapeAt = bytes.indexOf(escapeByte)
    for (let from = 0; from < bytes.length; ) {
      const found = bytes.indexOf(newline, from)
      const end = found === -1 ? bytes.length : found
      stream.open ??= this.#index.add({ stream: name, offset: offset + from, look: stream.look, at })
      this.#index.extend(stream.open, end - from, escapeAt !== -1 && escapeAt < end)
      if (escapeAt !== -1 && escapeAt < end) escapeAt = bytes.indexOf(escapeByte, end)
      if (found !== -1) this.#close(stream)
      from = end + 1
    }
    stream.at = offset + bytes.length
  }

  /** Says in its place that a stretch is not kept. */
  leaveOut(name: OutputStream, { from, to }: Hole, at: number): void {
    const stream = this.#streams[name]
    this.hide(name, { from, to })
    if (stream.at >= to) return
    const number = this.#index.add({ stream: name, offset: stream.at, look: 0, at, isHole: true })
    this.#index.extend(number, to - stream.at, false)
    Object.assign(stream, { at: to, open: undefined, look: 0 })
  }

  /** What was left out after it had been taken in: it is shown as long as it is in memory. */
  hide(name: OutputStream, { from, to }: Hole): void {
    const stream = this.#streams[name]
    const known = stream.hole ?? { from, to }
    stream.hole = { from: Math.min(known.from, from), to: Math.max(known.to, to) }
  }

  /** The line that the next bytes of this stream go on with. */
  openLine(name: OutputStream): number | undefined {
    return this.#streams[name].open
  }

  get(number: number): IndexedLine {
    const line = this.#index.get(number)
    if (line.isHole || line.length === 0) return line
    const { hole } = this.#streams[line.stream]
    const isGone =
      this.#lost.has(number) || (hole && line.offset >= hole.from && line.offset + line.length <= hole.to)
    return isGone && !this.#bytes(line) ? { ...line, isHole: true } : line
  }

  /** undefined where it has to be fetched first. */
  shown(number: number): ShownLine | undefined {
    const line = this.get(number)
    if (line.isHole) return { ...line, spans: [], cut: false }
    const bytes = this.#shownBytes(line)
    if (!bytes) return undefined
    const text = afterReturns(this.#decoder.decode(bytes))
    const cut = text.length > longestShown || (bytes.length >= longestDecoded && bytes.length < line.length)
    const { spans } = readLine(text.slice(0, longestShown), this.#looks[line.look] as Look)
    return { ...line, spans, cut }
  }

  /** All of a line as plain text; undefined where it has to be fetched first. */
  text(number: number): string | undefined {
    const line = this.get(number)
    if (line.isHole) return ''
    const bytes = this.#bytes(line)
    if (!bytes) return undefined
    const text = afterReturns(this.#decoder.decode(bytes))
    return plainText(text)
  }

  /** As it was written, with its line break. */
  raw(number: number): Uint8Array<ArrayBuffer> | undefined {
    const line = this.get(number)
    if (line.isHole) return new TextEncoder().encode('[left out]\n')
    const bytes = this.#bytes(line)
    if (!bytes) return undefined
    const whole = new Uint8Array(bytes.length + 1)
    whole.set(bytes)
    whole[bytes.length] = newline
    return whole
  }

  /** After this it can be shown, if only as left out. @throws what reading throws */
  async fetch(number: number): Promise<void> {
    const line = this.get(number)
    const { stream, offset, length, isHole } = line
    if (isHole || length === 0) return
    await this.#streams[stream].pages.fetch(offset, offset + length)
    if (!this.#bytes(line)) this.#lost.add(number)
  }

  #bytes({ stream, offset, length }: IndexedLine): Uint8Array | undefined {
    return length === 0 ? new Uint8Array() : this.#streams[stream].pages.get(offset, offset + length)
  }

  /** Of a very long line its beginning, or what its last carriage return left of it. */
  #shownBytes(line: IndexedLine): Uint8Array | undefined {
    if (line.length <= longestDecoded) return this.#bytes(line)
    const { pages } = this.#streams[line.stream]
    const end = line.offset + line.length
    const tail = pages.get(end - longestDecoded, end)
    const returned = tail?.subarray(0, -1).lastIndexOf(carriageReturn) ?? -1
    if (tail && returned !== -1) return tail.subarray(returned + 1)
    return tail && pages.get(line.offset, line.offset + longestDecoded)
  }

  #close(stream: Stream): void {
    const line = this.#index.get(stream.open as number)
    stream.open = undefined
    if (!line.hasEscapes) return
    const bytes = this.#shownBytes(line)
    // Too long to have been kept: what comes next begins without colours.
    stream.look = bytes ? this.#lookAfter(bytes, line.look) : 0
  }

  #lookAfter(bytes: Uint8Array, before: number): number {
    const text = this.#decoder.decode(bytes.subarray(bytes.lastIndexOf(escapeByte)))
    if (text.startsWith('\x1b[0m') || text.startsWith('\x1b[m')) return 0
    const { look } = readLine(afterReturns(this.#decoder.decode(bytes)), this.#looks[before] as Look)
    const key = JSON.stringify(look)
    const known = this.#lookNumbers.get(key)
    if (known !== undefined) return known
    this.#lookNumbers.set(key, this.#looks.length)
    return this.#looks.push(look) - 1
  }
}
