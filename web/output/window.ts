import { afterScroll, physicalHeight, type Scrolled, scrollFor } from './tall-scroll.ts'

export const rowHeight = 18
const spare = 12

type MakeRow = (at: number) => { row: HTMLElement; isWhole: boolean }

/** The rows that are in view, out of any number of them. */
export class RowWindow {
  readonly root: HTMLElement
  #all = document.createElement('div')
  #shown = document.createElement('div')
  #rows = new Map<number, HTMLElement>()
  #make: MakeRow
  #size = 0
  #scrolled: Scrolled = { top: 0, shift: 0 }
  #isFollowing = true

  constructor(root: HTMLElement, make: MakeRow) {
    this.root = root
    this.#make = make
    this.#all.className = 'output-all'
    this.#shown.className = 'output-shown'
    this.#all.append(this.#shown)
    root.replaceChildren(this.#all)
    root.addEventListener('scroll', () => this.#onScroll(), { passive: true })
    root.addEventListener('scrollend', () => this.#settle())
  }

  /** Whether the last row is to stay in view when there are more. */
  get isFollowing(): boolean {
    return this.#isFollowing
  }

  get seesEnd(): boolean {
    const { full, view } = this.#sizes()
    return full - view - this.#scrolled.top < rowHeight
  }

  /** The first row that is seen whole. */
  get first(): number {
    return Math.ceil(this.#scrolled.top / rowHeight)
  }

  /** So many rows are there now; `keepEnd` goes on showing the last one. */
  resize(size: number, keepEnd: boolean): void {
    if (size !== this.#size) {
      this.#size = size
      this.#all.style.height = `${physicalHeight(this.#sizes())}px`
      this.root.style.setProperty('--digits', String(String(size).length))
    }
    if (keepEnd) this.toEnd()
  }

  toEnd(): void {
    this.#scrollTo(this.#size * rowHeight)
    this.#isFollowing = true
  }

  /** Brings a row to the middle, where it is not in view, and stays there. */
  reveal(at: number): void {
    this.#isFollowing = false
    const { view } = this.#sizes()
    const top = at * rowHeight
    if (top >= this.#scrolled.top && top + rowHeight <= this.#scrolled.top + view) return
    this.#scrollTo(top - view / 2)
  }

  /** Rows that are there are kept (with what is selected in them), but for those that `isOld` names. */
  draw(isOld: (at: number) => boolean = () => false): void {
    const { view } = this.#sizes()
    const from = Math.max(0, Math.floor(this.#scrolled.top / rowHeight) - spare)
    const to = Math.min(this.#size, Math.ceil((this.#scrolled.top + view) / rowHeight) + spare)
    for (const row of this.#shown.querySelectorAll('[data-waiting]')) row.remove()
    for (const [at, row] of this.#rows) {
      if (at >= from && at < to && !isOld(at)) continue
      row.remove()
      this.#rows.delete(at)
    }
    let before: HTMLElement | null = null
    for (let at = from; at < to; at++) {
      let row = this.#rows.get(at)
      if (!row) {
        const made = this.#make(at)
        row = made.row
        if (before) before.after(row)
        else this.#shown.prepend(row)
        // One that waits for its text is made again at the next drawing.
        if (made.isWhole) this.#rows.set(at, row)
        else row.dataset.waiting = ''
      }
      before = row
    }
    this.#shown.style.top = `${from * rowHeight - this.#scrolled.shift}px`
  }

  #sizes() {
    return { full: this.#size * rowHeight, view: this.root.clientHeight }
  }

  #scrollTo(top: number): void {
    const { scrollTop, ...scrolled } = scrollFor(top, this.#sizes())
    this.#scrolled = scrolled
    this.root.scrollTop = scrollTop
    // The browser may round.
    this.#scrolled.shift = this.#scrolled.top - this.root.scrollTop
  }

  #onScroll(): void {
    const before = this.#scrolled
    this.#scrolled = afterScroll(before, this.root.scrollTop, this.#sizes())
    if (this.#scrolled.top === before.top) return
    this.#isFollowing = this.seesEnd
    this.root.dispatchEvent(new Event('sparkq-scrolled'))
  }

  /** So that there is as much left to scroll, up and down, as there are lines. */
  #settle(): void {
    const { full, view } = this.#sizes()
    if (physicalHeight({ full, view }) === full) return
    this.#scrollTo(this.#scrolled.top)
    this.draw()
  }
}
