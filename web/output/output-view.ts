import { SparkqError } from '../../src/contract/errors.ts'
import { count } from '../../src/contract/words.ts'
import { Bar } from './bar.ts'
import { follow } from './follow.ts'
import { hashOfRange, type LineRange, ordered, rangeOfHash, rangeOfText } from './line-range.ts'
import { LineStore } from './line-store.ts'
import { type OutputSource, streams } from './output-source.ts'
import { element, rowOf } from './row.ts'
import { Search } from './search.ts'
import { copyableText, save } from './take-away.ts'
import { RowWindow } from './window.ts'

const timesKey = 'sparkq-output-times'

/**
 * `<sparkq-output>`: what an attempt writes, as text, in the order in which it was seen, with colours; it follows while
 * its end is in view.
 */
export class OutputView extends HTMLElement {
  #source: OutputSource | undefined
  #run: AbortController | undefined
  #store = emptyStore()
  #lines = element('div', 'output-lines')
  #window = new RowWindow(this.#lines, at => this.#row(at))
  #notice = element('p', 'output-notice dim')
  #pill = document.createElement('button')
  #bar: Bar
  #search: Search | undefined
  #chosen: LineRange | undefined
  /** A line of the address that has not been written yet, or not read. */
  #wanted: number | undefined
  #seen = 0
  /** What was there when this was opened is not new. */
  #isLoaded = false
  #open = new Set<number>()
  #frame = 0
  #withTimes = localStorage.getItem(timesKey) === 'shown'

  constructor() {
    super()
    this.#bar = new Bar(
      {
        search: text => this.#look(text),
        step: by => this.#step(by),
        leave: () => this.#leaveSearch(),
        times: shown => this.#showTimes(shown),
        copy: () => void this.#copy(),
        save: () => void this.#save(),
      },
      this.#withTimes,
    )
    this.#lines.tabIndex = 0
    this.#lines.setAttribute('role', 'region')
    this.#lines.addEventListener('sparkq-scrolled', () => this.#plan())
    this.#lines.addEventListener('click', event => this.#onClick(event))
    Object.assign(this.#pill, { type: 'button', className: 'output-pill', hidden: true })
    this.#pill.onclick = () => {
      this.#window.toEnd()
      this.#plan()
      this.#lines.focus({ preventScroll: true })
    }
    this.addEventListener('keydown', event => this.#onKey(event))
  }

  get source(): OutputSource | undefined {
    return this.#source
  }

  set source(source: OutputSource | undefined) {
    if (source === this.#source) return
    this.#source = source
    if (this.isConnected) this.#start()
  }

  connectedCallback(): void {
    this.replaceChildren(this.#bar.root, this.#notice, this.#lines, this.#pill)
    addEventListener('hashchange', this.#onHash)
    this.#resizes.observe(this.#lines)
    this.#start()
  }

  disconnectedCallback(): void {
    this.#run?.abort()
    this.#search?.end()
    removeEventListener('hashchange', this.#onHash)
    this.#resizes.disconnect()
    cancelAnimationFrame(this.#frame)
    this.#frame = 0
  }

  #resizes = new ResizeObserver(() => {
    if (this.#window.isFollowing && this.#wanted === undefined) this.#window.toEnd()
    this.#plan()
  })

  #start(): void {
    this.#run?.abort()
    const source = this.#source
    if (!source) return
    this.#run = new AbortController()
    this.#store = new LineStore(stream => (offset, limit) => source.read(stream, offset, limit))
    this.#open = new Set()
    this.#isLoaded = false
    this.#notice.textContent = ''
    this.#lines.hidden = false
    this.#lines.setAttribute('aria-label', source.label)
    this.#window.resize(0, true)
    this.#window.draw(() => true)
    this.#chosen = undefined
    this.#onHash()
    this.#look(this.#bar.text)
    const store = this.#store
    const told = {
      changed: () => this.#changed(),
      loaded: () => this.#setLoaded(),
      troubled: (error: unknown) => this.#setTrouble(error),
      ended: () => this.#finish(),
    }
    void follow(source, store, told, this.#run.signal)
  }

  #setLoaded(): void {
    if (!this.#isLoaded) this.#seen = this.#store.size
    this.#isLoaded = true
  }

  /** There is more: drawn once a frame, however often it is said. */
  #changed(): void {
    for (const at of this.#open) this.#search?.again(at)
    const now = streams.map(name => this.#store.openLine(name)).filter(at => at !== undefined)
    // One that has just been closed is drawn once more.
    for (const at of now) this.#open.add(at)
    this.#continueSearch()
    this.#plan()
  }

  #plan(): void {
    if (this.#frame === 0 && this.isConnected) this.#frame = requestAnimationFrame(() => this.#draw())
  }

  #draw(all = false): void {
    this.#frame = 0
    const { size } = this.#store
    this.#window.resize(size, this.#window.isFollowing && this.#wanted === undefined)
    if (this.#wanted !== undefined && this.#wanted <= size) {
      this.#window.reveal(this.#wanted - 1)
      this.#wanted = undefined
    }
    const old = this.#open
    this.#window.draw(at => all || old.has(at))
    this.#open = new Set(streams.map(name => this.#store.openLine(name)).filter(at => at !== undefined))
    if (this.#window.seesEnd || !this.#isLoaded) this.#seen = size
    const unseen = size - this.#seen
    this.#pill.hidden = unseen === 0
    this.#pill.textContent = `▼ ${count(unseen, 'new line')}`
  }

  #row(at: number): { row: HTMLElement; isWhole: boolean } {
    const line = this.#store.shown(at)
    if (!line) void this.#fetch(at)
    const number = at + 1
    const { from, to } = this.#chosen ?? { from: 0, to: -1 }
    const isChosen = number >= from && number <= to
    const search = this.#search?.text ?? ''
    return {
      row: rowOf(line, { number, isChosen, withTime: this.#withTimes, search }),
      isWhole: line !== undefined,
    }
  }

  #fetching: Promise<void> | undefined
  /** One after another: what is beside the first is mostly there with it. */
  #fetch(at: number): void {
    if (this.#fetching) return
    const store = this.#store
    this.#fetching = store
      .fetch(at)
      .catch(error => this.#setTrouble(error))
      .finally(() => {
        this.#fetching = undefined
        this.#plan()
      })
  }

  #look(text: string): void {
    this.#search?.end()
    const isRange = text.startsWith(':')
    this.#search = text === '' || isRange ? undefined : new Search(text, this.#store, () => this.#tellCount())
    this.#current = undefined
    this.#tellCount()
    this.#draw(true)
    this.#continueSearch()
  }

  #continueSearch(): void {
    this.#search?.go().catch(error => this.#setTrouble(error))
  }

  #current: number | undefined

  /** To the next line that has it, from the one before or from what is in view; `:10-20` chooses lines. */
  #step(by: 1 | -1): void {
    const typed = rangeOfText(this.#bar.text)
    if (typed) this.#choose(typed)
    const search = this.#search
    if (!search || search.found.length === 0) return
    const { found } = search
    const from = this.#current ?? this.#window.first - (by === 1 ? 1 : 0)
    const place = by === 1 ? search.placeOf(from + 1) : search.placeOf(from) - 1
    this.#current = found[(place + found.length) % found.length] as number
    this.#tellCount()
    this.#choose({ from: this.#current + 1, to: this.#current + 1 })
  }

  #tellCount(): void {
    this.#bar.count(this.#search ? this.#countText(this.#search) : '')
  }

  #countText(search: Search): string {
    const { found, isDone } = search
    if (found.length === 0 && isDone) return 'not found'
    const place = this.#current === undefined ? -1 : search.placeOf(this.#current)
    return `${place === -1 ? '' : `${place + 1} of `}${count(found.length, 'line')}${isDone ? '' : ' …'}`
  }

  #leaveSearch(): void {
    this.#bar.clear()
    this.#look('')
    this.#lines.focus({ preventScroll: true })
  }

  #showTimes(shown: boolean): void {
    this.#withTimes = shown
    localStorage.setItem(timesKey, shown ? 'shown' : 'hidden')
    this.#draw(true)
  }

  #choose(range: LineRange): void {
    this.#chosen = range
    history.replaceState(history.state, '', hashOfRange(range))
    this.#wanted = range.from
    this.#draw(true)
  }

  #onHash = (): void => {
    const range = rangeOfHash(location.hash)
    if (!range) return
    this.#chosen = range
    this.#wanted = range.from
    this.#draw(true)
  }

  #onClick(event: MouseEvent): void {
    const target = event.target as HTMLElement
    const row = target.closest<HTMLElement>('.output-row')
    if (!row || !target.closest('.line-number')) return
    const number = Number(row.dataset.line)
    const range = ordered(event.shiftKey && this.#chosen ? this.#chosen.from : number, number)
    if (range) this.#choose(range)
  }

  #onKey(event: KeyboardEvent): void {
    const isFind = event.key === 'f' && (event.ctrlKey || event.metaKey) && !event.altKey
    if (!isFind) return
    event.preventDefault()
    this.#bar.focus()
  }

  async #copy(): Promise<void> {
    const { size } = this.#store
    const from = (this.#chosen?.from ?? 1) - 1
    const to = Math.min(size, this.#chosen?.to ?? size)
    await this.#take(async () => {
      const text = await copyableText(this.#store, from, to)
      if (text === undefined) return 'Too much to copy: choose lines by their numbers, or download.'
      const done = await this.#source?.copy(text)
      return done ? `Copied ${count(to - from, 'line')}.` : 'The browser lets nobody copy here.'
    })
  }

  #save(): Promise<void> {
    return this.#take(async () => {
      await save(this.#store, this.#source?.fileName ?? 'output.log')
      return ''
    })
  }

  async #take(work: () => Promise<string>): Promise<void> {
    try {
      this.#bar.say(await work())
    } catch (error) {
      this.#bar.say(error instanceof Error ? error.message : String(error))
    }
  }

  /** Why nothing more comes; a server that is gone is spoken of at the top of the page. */
  #setTrouble(error: unknown): void {
    if (error instanceof SparkqError && error.code === 'unreachable') return
    this.#notice.textContent = error instanceof Error ? error.message : String(error)
  }

  #finish(): void {
    if (this.#wanted !== undefined && this.#store.size > 0) {
      this.#wanted = Math.min(this.#wanted, this.#store.size)
      this.#plan()
    }
    if (this.#store.size > 0) return
    this.#lines.hidden = true
    this.#notice.textContent = 'It wrote nothing.'
  }
}

const emptyStore = () =>
  new LineStore(() => async offset => ({ bytes: new Uint8Array(), offset, next_offset: offset }))

customElements.define('sparkq-output', OutputView)
