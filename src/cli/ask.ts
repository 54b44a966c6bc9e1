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
  const { createInterface } = await import('node:readline/promises')
  const readline = createInterface({ input: process.stdin, output: process.stderr })
  // It takes Ctrl-C for itself.
  readline.on('SIGINT', () => process.exit(130))
  try {
    const answer = await readline.question(`${what} Go on? [y/N] `)
    const isYes = /^y(es)?$/i.test(answer.trim())
    if (!isYes) terminal.err.line(no)
    return isYes
  } catch (error) {
    // Ctrl-D.
    if ((error as Error).name !== 'AbortError') throw error
    terminal.err.line(`\n${no}`)
    return false
  } finally {
    readline.close()
  }
}
