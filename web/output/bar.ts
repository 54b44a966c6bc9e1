import { element } from './row.ts'

export type BarEvents = {
  search: (text: string) => void
  /** From what is typed, once it is meant. */
  step: (by: 1 | -1) => void
  leave: () => void
  times: (shown: boolean) => void
  copy: () => void
  save: () => void
}

/** Above the lines: search, and what can be done with them. */
export class Bar {
  readonly root = element('div', 'output-bar')
  #field = document.createElement('input')
  #count = element('span', 'output-count dim')
  #said = element('span', 'output-said dim')
  #times: HTMLButtonElement

  constructor(on: BarEvents, timesShown: boolean) {
    this.root.setAttribute('role', 'toolbar')
    this.root.setAttribute('aria-label', 'Output tools')
    Object.assign(this.#field, { type: 'search', placeholder: 'Search, or :line', spellcheck: false })
    this.#field.setAttribute('aria-label', 'Search the output, or :line')
    this.#field.oninput = () => on.search(this.#field.value)
    this.#field.onkeydown = event => {
      if (event.key === 'Enter') on.step(event.shiftKey ? -1 : 1)
      else if (event.key === 'Escape') on.leave()
      else return
      event.preventDefault()
      event.stopPropagation()
    }
    for (const live of [this.#count, this.#said]) live.setAttribute('role', 'status')
    this.#times = button('Times', () => {
      const shown = this.#times.getAttribute('aria-pressed') !== 'true'
      this.#times.setAttribute('aria-pressed', String(shown))
      on.times(shown)
    })
    this.#times.setAttribute('aria-pressed', String(timesShown))
    const [previous, next] = [button('↑', () => on.step(-1)), button('↓', () => on.step(1))]
    previous.setAttribute('aria-label', 'Previous match')
    next.setAttribute('aria-label', 'Next match')
    const rest = [this.#times, button('Copy', on.copy), button('Download', on.save)]
    this.root.append(this.#field, previous, next, this.#count, this.#said, ...rest)
  }

  get text(): string {
    return this.#field.value
  }

  focus(): void {
    this.#field.focus()
    this.#field.select()
  }

  clear(): void {
    this.#field.value = ''
  }

  count(text: string): void {
    if (this.#count.textContent !== text) this.#count.textContent = text
  }

  say(text: string): void {
    this.#said.textContent = text
  }
}

function button(text: string, press: () => void): HTMLButtonElement {
  const made = document.createElement('button')
  Object.assign(made, { type: 'button', className: 'button quiet', textContent: text, onclick: press })
  return made
}
