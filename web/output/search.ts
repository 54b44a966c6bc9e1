import type { LineStore } from './line-store.ts'

const sliceMs = 10

/** Looks through all lines for a text, and through those that come later, too; never longer than a moment at a time. */
export class Search {
  /** The numbers of the lines that have it, from 0, rising. */
  readonly found: number[] = []
  readonly text: string
  /** Lines that have been looked at. */
  at = 0
  #store: LineStore
  #told: () => void
  #isRunning = false
  #isOver = false

  constructor(text: string, store: LineStore, told: () => void) {
    this.text = text.toLowerCase()
    this.#store = store
    this.#told = told
  }

  end(): void {
    this.#isOver = true
  }

  get isDone(): boolean {
    return this.at >= this.#store.size
  }

  /** Goes on up to the last line that there is. @throws what reading throws */
  async go(): Promise<void> {
    if (this.#isRunning) return
    this.#isRunning = true
    try {
      while (!this.#isOver && !this.isDone) {
        const missing = this.#slice()
        this.#told()
        if (missing !== undefined) await this.#store.fetch(missing)
        await moment()
      }
    } finally {
      this.#isRunning = false
    }
  }

  /** @returns the line that has to be fetched before it can go on */
  #slice(): number | undefined {
    const until = performance.now() + sliceMs
    while (!this.isDone) {
      const text = this.#store.text(this.at)
      if (text === undefined) return this.at
      if (text.toLowerCase().includes(this.text)) this.found.push(this.at)
      this.at += 1
      if (this.at % 64 === 0 && performance.now() > until) return undefined
    }
    return undefined
  }

  /** A line that may have become longer since. */
  again(number: number): void {
    if (number >= this.at) return
    while ((this.found.at(-1) ?? -1) >= number) this.found.pop()
    this.at = number
  }

  /** Where in `found` the first line at or behind `number` is; its length where there is none. */
  placeOf(number: number): number {
    let [low, high] = [0, this.found.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.found[middle] as number) < number) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** Lets the browser draw and answer keys first. */
export const moment = (): Promise<void> => new Promise(resolve => setTimeout(resolve, 0))
