/** A stretch of a stream as a server hands it out; it may begin later than asked, where some of it is not kept. */
export type Stretch = { bytes: Uint8Array; offset: number; next_offset: number }
export type ReadStretch = (offset: number, limit: number) => Promise<Stretch>

type Page = { bytes: Uint8Array; from: number; to: number }

export const pageBytes = 256 * 1024

/** What is known of one stream, up to a number of bytes; the rest is read again when it is looked at. */
export class BytePages {
  #pages = new Map<number, Page>()
  #most: number
  #read: ReadStretch

  constructor(mostBytes: number, read: ReadStretch) {
    this.#most = Math.max(2, Math.floor(mostBytes / pageBytes))
    this.#read = read
  }

  put(offset: number, bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      const number = Math.floor((offset + at) / pageBytes)
      const within = offset + at - number * pageBytes
      const part = bytes.subarray(at, at + pageBytes - within)
      const page = this.#pages.get(number) ?? { bytes: new Uint8Array(pageBytes), from: within, to: within }
      page.bytes.set(part, within)
      // What lies between two stretches of a page is a hole, which no line is in.
      page.from = Math.min(page.from, within)
      page.to = Math.max(page.to, within + part.length)
      this.#keep(number, page)
      at += part.length
    }
  }

  /** undefined where some of it has to be fetched first. */
  get(from: number, to: number): Uint8Array | undefined {
    const first = Math.floor(from / pageBytes)
    if (to <= (first + 1) * pageBytes) return this.#part(first, from, to)
    const whole = new Uint8Array(to - from)
    for (let number = first; number * pageBytes < to; number++) {
      const start = Math.max(from, number * pageBytes)
      const part = this.#part(number, start, Math.min(to, (number + 1) * pageBytes))
      if (!part) return undefined
      whole.set(part, start - from)
    }
    return whole
  }

  /** @throws what reading throws */
  async fetch(from: number, to: number): Promise<void> {
    const last = Math.floor((to - 1) / pageBytes)
    for (let number = Math.floor(from / pageBytes); number <= last; number++) {
      const end = Math.min((number + 1) * pageBytes, Math.max(to, (number + 1) * pageBytes))
      for (let at = number * pageBytes; at < end; ) {
        const { bytes, offset, next_offset } = await this.#read(at, end - at)
        if (next_offset <= at) break
        if (offset < end) this.put(offset, bytes.subarray(0, end - offset))
        at = next_offset
      }
    }
  }

  #part(number: number, from: number, to: number): Uint8Array | undefined {
    const page = this.#pages.get(number)
    const start = from - number * pageBytes
    const end = to - number * pageBytes
    if (!page || start < page.from || end > page.to) return from === to ? new Uint8Array() : undefined
    this.#keep(number, page)
    return page.bytes.subarray(start, end)
  }

  /** What was looked at last stays longest. */
  #keep(number: number, page: Page): void {
    this.#pages.delete(number)
    this.#pages.set(number, page)
    if (this.#pages.size <= this.#most) return
    this.#pages.delete(this.#pages.keys().next().value as number)
  }
}
