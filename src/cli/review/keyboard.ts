import type { Face } from '../terminal.ts'
import { shorten, widthOf } from '../text.ts'

/** `interrupt`: Ctrl-C, or nobody is there any more. `suspend`: Ctrl-Z. `other`: a key that has no name here. */
export type Key = { char: string } | 'left' | 'right' | 'escape' | 'interrupt' | 'suspend' | 'other'

export type Keyboard = {
  /** The next key that is pressed once the prompt is shown; what was pressed before is forgotten. */
  key(prompt: string): Promise<Key>
  /** One line of text; `cancel` for Esc. */
  line(question: string): Promise<{ text: string } | 'cancel' | 'interrupt'>
  /** Gives the terminal to another program, and takes it back. */
  lend<T>(work: () => T | Promise<T>): Promise<T>
  close(): void
}

/** Takes the keys of the terminal one by one. Whatever ends this process, the terminal is as it was. */
export function openKeyboard(out: Face): Keyboard {
  const { stdin } = process
  let listener: ((text: string) => void) | undefined
  let interrupted = false

  const onData = (text: string): void => {
    if (text.includes('\x03')) interrupted = true
    if (listener) listener(text)
  }
  const onEnd = (): void => onData('\x03')
  const take = (): void => {
    stdin.setRawMode(true)
    stdin.resume()
  }
  const release = (): void => {
    stdin.setRawMode(false)
    stdin.pause()
  }
  const die = (signal: NodeJS.Signals): void => {
    release()
    out.raw('\n')
    process.exit(signal === 'SIGINT' ? 130 : 143)
  }
  stdin.setEncoding('utf8').on('data', onData).on('end', onEnd)
  for (const signal of signals) process.on(signal, die)
  process.on('exit', release)
  take()

  /** Listens until `read` answers something. */
  const listen = async <T>(
    prompt: () => void,
    read: (text: string) => T | undefined,
  ): Promise<T | 'interrupt'> => {
    // What was typed before is on its way: let it come, and be dropped.
    await new Promise(resolve => setImmediate(resolve))
    if (interrupted) return 'interrupt'
    prompt()
    return new Promise(resolve => {
      listener = text => {
        const answer = interrupted ? 'interrupt' : read(text)
        if (answer === undefined) return
        listener = undefined
        resolve(answer)
      }
    })
  }

  return {
    key: prompt => listen(() => out.raw(prompt), readKey),
    line: async question => {
      let typed = ''
      const draw = (): void =>
        out.raw(`\r\x1b[K${question}${fitEnd(typed, out.columns - widthOf(question) - 1)}`)
      const answer = await listen(draw, text => {
        const { next, end } = edit(typed, text)
        typed = next
        draw()
        return end
      })
      out.raw('\n')
      return answer === 'enter' ? { text: typed.trim() } : answer
    },
    lend: async work => {
      release()
      // Ctrl-C is for the other program.
      for (const signal of signals) process.off(signal, die)
      process.on('SIGINT', ignore)
      try {
        return await work()
      } finally {
        process.off('SIGINT', ignore)
        for (const signal of signals) process.on(signal, die)
        take()
      }
    },
    close: () => {
      release()
      stdin.off('data', onData).off('end', onEnd)
      for (const signal of signals) process.off(signal, die)
      process.off('exit', release)
    },
  }
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
const ignore = (): void => {}

function readKey(text: string): Key {
  const named = names[text]
  if (named) return named
  // A paste is no decision.
  const chars = [...text]
  return text.startsWith('\x1b') || chars.length > 3 ? 'other' : { char: chars[0] as string }
}

const names: Record<string, Key> = {
  '\x1b': 'escape',
  '\x1b[D': 'left',
  '\x1bOD': 'left',
  '\x1b[C': 'right',
  '\x1bOC': 'right',
  '\x1a': 'suspend',
}

function edit(typed: string, text: string): { next: string; end?: 'enter' | 'cancel' } {
  if (text === '\x1b') return { next: typed, end: 'cancel' }
  if (text.startsWith('\x1b')) return { next: typed }
  let next = typed
  for (const char of text) {
    if (char === '\r' || char === '\n' || char === '\x04') return { next, end: 'enter' }
    if (char === '\x7f' || char === '\b') next = [...next].slice(0, -1).join('')
    else if (char === '\x15') next = ''
    else if (char === '\x17') next = next.replace(/\S*\s*$/, '')
    else if (!/\p{Cc}/u.test(char)) next += char
  }
  return { next }
}

/** The end of what was typed, where it is longer than the line. */
function fitEnd(text: string, columns: number): string {
  let shown = text
  while (shown !== '' && widthOf(shown) > Math.max(1, columns)) shown = [...shown].slice(1).join('')
  return shorten(shown, Math.max(1, columns))
}
