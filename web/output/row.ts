import { megabytes } from '../../src/contract/words.ts'
import type { Span } from './ansi.ts'
import type { ShownLine } from './line-store.ts'

type How = { number: number; isChosen: boolean; withTime: boolean; search: string }

/** One line as elements. Whatever it says goes in as text. */
export function rowOf(line: ShownLine | undefined, { number, isChosen, withTime, search }: How): HTMLElement {
  const row = element('div', `output-row ${line?.stream ?? ''} ${isChosen ? 'chosen' : ''}`)
  row.dataset.line = String(number)
  row.append(element('span', 'line-number', String(number)))
  if (withTime) row.append(element('span', 'line-time', line ? clock(line.at) : ''))
  if (line?.stream === 'stderr') row.append(element('span', 'unseen', 'stderr: '))
  if (line?.isHole) row.append(element('span', 'remark', `… ${megabytes(line.length)} left out …`))
  else if (line) row.append(textOf(line, search))
  return row
}

function textOf({ spans, cut, length }: ShownLine, search: string): HTMLElement {
  const text = element('span', 'line-text')
  text.append(...marked(spans, search).map(partOf))
  if (!cut) return text
  const whole = document.createDocumentFragment()
  whole.append(text, element('span', 'remark', ` … a line of ${megabytes(length)}, its beginning`))
  const box = element('span', '')
  box.append(whole)
  return box
}

type Marked = Span & { isFound: boolean }

function partOf({ text, classes, href, isFound }: Marked): Node {
  if (!href && classes === '' && !isFound) return document.createTextNode(text)
  const part = element(isFound ? 'mark' : 'span', classes, text)
  if (!href) return part
  const link = document.createElement('a')
  Object.assign(link, { href, title: href, target: '_blank', rel: 'noopener noreferrer' })
  link.append(part)
  return link
}

/** Cuts spans where a text that is searched for begins and ends, in whatever colours it is written. */
export function marked(spans: Span[], search: string): Marked[] {
  if (search === '') return spans.map(span => ({ ...span, isFound: false }))
  const whole = spans.map(({ text }) => text).join('')
  // A few letters change their length when they are made small; then nothing is marked in the line.
  const small = whole.toLowerCase().length === whole.length ? whole.toLowerCase() : ''
  const edges: number[] = []
  for (let at = small.indexOf(search); at !== -1; at = small.indexOf(search, at + search.length)) {
    edges.push(at, at + search.length)
  }
  const parts: Marked[] = []
  let [start, edge] = [0, 0]
  for (const span of spans) {
    const end = start + span.text.length
    for (let from = start; from < end; ) {
      while ((edges[edge] ?? Number.POSITIVE_INFINITY) <= from) edge += 1
      const to = Math.min(end, edges[edge] ?? end)
      parts.push({ ...span, text: whole.slice(from, to), isFound: edge % 2 === 1 })
      from = to
    }
    start = end
  }
  return parts
}

const two = (number: number) => String(number).padStart(2, '0')

function clock(ms: number): string {
  const at = new Date(ms)
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`
}

export function element(name: string, className: string, text = ''): HTMLElement {
  const made = document.createElement(name)
  if (className) made.className = className.trim()
  if (text) made.textContent = text
  return made
}
