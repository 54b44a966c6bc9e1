import type { Output, OutputChunk } from '../../src/contract/api.ts'
import type { OutputStream } from '../../src/contract/attempts.ts'
import { SparkqError } from '../../src/contract/errors.ts'
import { count, megabytes } from '../../src/contract/words.ts'
import { afterReturns, type Look, plainLook, readLine } from './ansi.ts'

/** Where the output of one attempt comes from. `command` shows all of it in a terminal. */
export type OutputSource = {
  label: string
  command: string
  marks(after: number): Promise<Output<'listOutputMarks'>>
  read(stream: OutputStream, offset: number, limit: number): Promise<OutputChunk>
}

const pollMs = 300
const slowPollMs = 2000
/** More than this of a stream's beginning is not read, and more lines are not kept in the page. */
const tailBytes = 512 * 1024
const mostLines = 5000
const longestLine = 20_000
const chunkBytes = 512 * 1024

type Stream = { at: number; decoder: TextDecoder; rest: string; look: Look; open: HTMLElement | undefined }

const newStream = (): Stream => ({
  at: 0,
  decoder: new TextDecoder(),
  rest: '',
  look: plainLook,
  open: undefined,
})

/**
 * `<sparkq-output>`: what an attempt writes, as text, in the order in which it was seen, with colours; it follows while
 * its end is in view.
 */
export class OutputView extends HTMLElement {
  #source: OutputSource | undefined
  #run: AbortController | undefined
  #lines = document.createElement('div')
  #notice = document.createElement('p')
  #pill = document.createElement('button')
  #streams: Record<OutputStream, Stream> = { stdout: newStream(), stderr: newStream() }
  #unseen = 0

  get source(): OutputSource | undefined {
    return this.#source
  }

  set source(source: OutputSource | undefined) {
    if (source === this.#source) return
    this.#source = source
    if (this.isConnected) this.#start()
  }

  connectedCallback(): void {
    this.#start()
  }

  disconnectedCallback(): void {
    this.#run?.abort()
  }

  #start(): void {
    this.#run?.abort()
    if (!this.#source) return
    this.#run = new AbortController()
    this.#streams = { stdout: newStream(), stderr: newStream() }
    this.#unseen = 0
    this.#lines.replaceChildren()
    this.#lines.className = 'output-lines'
    this.#lines.tabIndex = 0
    this.#lines.setAttribute('role', 'region')
    this.#lines.setAttribute('aria-label', this.#source.label)
    this.#notice.className = 'output-notice dim'
    this.#notice.replaceChildren()
    this.#pill.className = 'output-pill'
    this.#pill.type = 'button'
    this.#pill.hidden = true
    this.#pill.onclick = () => this.#toEnd()
    this.#lines.onscroll = () => this.#isAtEnd() && this.#setUnseen(0)
    this.replaceChildren(this.#notice, this.#lines, this.#pill)
    void this.#follow(this.#source, this.#run.signal)
  }

  async #follow(source: OutputSource, signal: AbortSignal): Promise<void> {
    let after = 0
    let isFirst = true
    while (!signal.aborted) {
      try {
        const told = await source.marks(after)
        if (isFirst) this.#skipBeginning(told.sizes)
        isFirst = false
        const more = await this.#readUpTo(source, told, signal)
        if (!more) return signal.aborted ? undefined : this.#finish()
        after = told.next_after
        if (!told.ended) await pause(pollMs, signal)
      } catch (error) {
        this.#setTrouble(error)
        await pause(slowPollMs, signal)
      }
    }
  }

  #skipBeginning(sizes: Record<OutputStream, number>): void {
    const skipped = (['stdout', 'stderr'] as const).map(name => {
      this.#streams[name].at = Math.max(0, sizes[name] - tailBytes)
      return this.#streams[name].at
    })
    const bytes = skipped.reduce((sum, number) => sum + number, 0)
    if (bytes > 0) this.#setNotice(`${megabytes(bytes)} before this are not shown here.`)
  }

  /** Reads each stream in long stretches, and shows them in turns as the marks say. @returns whether there may be more */
  async #readUpTo(
    source: OutputSource,
    { marks, sizes, ended }: Output<'listOutputMarks'>,
    signal: AbortSignal,
  ): Promise<boolean> {
    const goals = marks.map(({ stream, offset }) => [stream, offset] as const)
    const isLast = ended && marks.length === 0
    if (isLast) goals.push(['stdout', sizes.stdout], ['stderr', sizes.stderr])
    const read = {
      stdout: await this.#gather(source, 'stdout', goals),
      stderr: await this.#gather(source, 'stderr', goals),
    }
    if (signal.aborted) return false
    this.#keepEnd(() => {
      for (const [name, goal] of goals) this.#takeUpTo(name, read[name], goal)
    })
    return !isLast
  }

  async #gather(
    source: OutputSource,
    name: OutputStream,
    goals: (readonly [OutputStream, number])[],
  ): Promise<OutputChunk[]> {
    const chunks: OutputChunk[] = []
    const goal = Math.max(0, ...goals.filter(([stream]) => stream === name).map(([, offset]) => offset))
    for (let at = this.#streams[name].at; at < goal; ) {
      const chunk = await source.read(name, at, Math.min(chunkBytes, goal - at))
      if (chunk.next_offset <= at) break
      chunks.push(chunk)
      at = chunk.next_offset
    }
    return chunks
  }

  #takeUpTo(name: OutputStream, chunks: OutputChunk[], goal: number): void {
    const stream = this.#streams[name]
    for (const { bytes, offset, next_offset } of chunks) {
      if (next_offset <= stream.at || stream.at >= goal) continue
      if (offset > stream.at) {
        this.#addRemark(`${megabytes(offset - stream.at)} were not kept`)
        stream.at = offset
      }
      const end = Math.min(next_offset, goal)
      this.#append(
        name,
        stream.decoder.decode(bytes.subarray(stream.at - offset, end - offset), { stream: true }),
      )
      stream.at = Math.max(stream.at, end)
    }
  }

  #append(name: OutputStream, text: string): void {
    const stream = this.#streams[name]
    const lines = (stream.rest + text).split('\n')
    stream.rest = lines.pop() as string
    const added = document.createDocumentFragment()
    for (const line of lines.slice(-mostLines)) {
      stream.look = this.#write(stream.open ?? added.appendChild(this.#newLine(name)), line, stream.look)
      stream.open = undefined
      this.#unseen++
    }
    if (stream.rest !== '') {
      stream.open ??= added.appendChild(this.#newLine(name))
      this.#write(stream.open, stream.rest, stream.look)
    }
    this.#lines.append(added)
    this.#dropOld()
  }

  #newLine(name: OutputStream): HTMLElement {
    const line = document.createElement('div')
    line.className = name
    return line
  }

  /** @returns the look that the next line begins with */
  #write(element: HTMLElement, line: string, look: Look): Look {
    const whole = afterReturns(line)
    const cut = whole.length > longestLine ? `${whole.slice(0, longestLine)}…` : whole
    const { spans, look: next } = readLine(cut, look)
    element.replaceChildren(
      ...spans.map(({ text, classes }) => {
        if (classes === '') return document.createTextNode(text)
        const span = document.createElement('span')
        span.className = classes
        span.textContent = text
        return span
      }),
    )
    return next
  }

  #addRemark(text: string): void {
    const line = document.createElement('div')
    line.className = 'remark dim'
    line.textContent = `… ${text} …`
    this.#lines.append(line)
  }

  #dropOld(): void {
    let over = this.#lines.childElementCount - mostLines
    if (over <= 0) return
    for (; over > 0; over--) this.#lines.firstElementChild?.remove()
    this.#setNotice('Only the last lines are shown here.')
  }

  /** Why nothing more comes; a server that is gone is spoken of at the top of the page. */
  #setTrouble(error: unknown): void {
    if (error instanceof SparkqError && error.code === 'unreachable') return
    this.#notice.textContent = error instanceof Error ? error.message : String(error)
  }

  #setNotice(text: string): void {
    const command = document.createElement('code')
    command.textContent = this.#source?.command ?? ''
    this.#notice.replaceChildren(`${text} All of it: `, command)
  }

  /** Whoever looks at the end goes on doing so; whoever has scrolled up is told how much is new. */
  #keepEnd(change: () => void): void {
    const wasAtEnd = this.#isAtEnd()
    change()
    if (wasAtEnd) this.#toEnd()
    else this.#setUnseen(this.#unseen)
  }

  #isAtEnd(): boolean {
    const { scrollTop, clientHeight, scrollHeight } = this.#lines
    return scrollHeight - scrollTop - clientHeight < 24
  }

  #toEnd(): void {
    this.#lines.scrollTop = this.#lines.scrollHeight
    this.#setUnseen(0)
  }

  #setUnseen(number: number): void {
    this.#unseen = number
    this.#pill.hidden = number === 0
    this.#pill.textContent = `▼ ${count(number, 'new line')}`
  }

  #finish(): void {
    if (this.#lines.childElementCount > 0) return
    this.#lines.hidden = true
    this.#notice.textContent = 'It wrote nothing.'
  }
}

/** A hidden page reads nothing until it is looked at. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const done = () => {
      if (document.hidden && !signal.aborted) return
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', done)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    document.addEventListener('visibilitychange', done)
    signal.addEventListener('abort', done)
  })
}

customElements.define('sparkq-output', OutputView)
