import { invalid } from '../contract/errors.ts'
import type { Terminal } from './terminal.ts'

/**
 * Asks before something that cannot be undone. Without anybody to answer it is refused.
 * @param what   what would be lost, as a sentence
 * @param option what to type instead of answering
 * @param no     what is said when the answer is no
 * @returns whether to go on
 */
export async function confirm(
  terminal: Terminal,
  what: string,
  option: string,
  no = 'Nothing was changed.',
): Promise<boolean> {
  if (!terminal.isInteractive) throw invalid(what, { hint: `add ${option} to do it` })
  const answer = await askLine(`${what} Go on? [y/N] `)
  const isYes = /^y(es)?$/i.test(answer.trim())
  if (!isYes) terminal.err.line(no)
  return isYes
}

/** Asks a person for one line. Ctrl-D is an empty one; Ctrl-C ends the program. */
export async function askLine(question: string): Promise<string> {
  const asker = await openAsker()
  try {
    return (await asker.line(question)) ?? ''
  } finally {
    asker.close()
  }
}

/** Somebody who answers questions, one after the other. */
export type Asker = {
  /** @returns undefined for Ctrl-D */
  line(question: string): Promise<string | undefined>
  close(): void
}

/**
 * Ctrl-C ends the program; lines that were typed before they were asked for are kept.
 *
 * Node's own line editor and not a library (`@clack/prompts`: 20 kB in the bundle, 6 ms to load): each of our questions is
 * a line with a default, which stays readable in any terminal, to a screen reader and in a recording.
 * @param onInterrupt is called before that end
 */
export async function openAsker(onInterrupt = (): void => {}): Promise<Asker> {
  const { createInterface } = await import('node:readline')
  const readline = createInterface({ input: process.stdin, output: process.stderr, historySize: 0 })
  const early: string[] = []
  let answer: ((line: string | undefined) => void) | undefined
  let isClosed = false
  readline.on('line', line => {
    if (answer) answer(line)
    else early.push(line)
  })
  readline.on('close', () => {
    isClosed = true
    if (!answer) return
    process.stderr.write('\n')
    answer(undefined)
  })
  // It takes Ctrl-C for itself.
  readline.on('SIGINT', () => {
    answer = undefined
    readline.close()
    process.stderr.write('\n')
    onInterrupt()
    process.exit(130)
  })
  return {
    line: async question => {
      readline.setPrompt(question)
      readline.prompt()
      const line = early.shift() ?? (isClosed ? undefined : await new Promise(resolve => (answer = resolve)))
      answer = undefined
      return line as string | undefined
    },
    close: () => readline.close(),
  }
}
