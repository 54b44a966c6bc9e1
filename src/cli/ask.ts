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
  const { createInterface } = await import('node:readline/promises')
  const readline = createInterface({ input: process.stdin, output: process.stderr })
  // It takes Ctrl-C for itself.
  readline.on('SIGINT', () => process.exit(130))
  try {
    return await readline.question(question)
  } catch (error) {
    // Ctrl-D.
    if ((error as Error).name !== 'AbortError') throw error
    process.stderr.write('\n')
    return ''
  } finally {
    readline.close()
  }
}
