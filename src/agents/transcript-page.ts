import { count } from '../contract/words.ts'
import { harmlessLines } from './harmless.ts'
import { plain } from './words.ts'

/** What a transcript is made of; every text may be hostile. */
export type Page = {
  /** What the agent says. */
  say(text: string): void
  /** A piece of what it says; the next piece goes on in its line. */
  sayOn(text: string): void
  think(text: string): void
  call(tool: string, detail: string): void
  result(text: string, isGood: boolean): void
  /** What went on around it: one line. */
  note(text: string): void
  /** What it met with: one line. */
  alarm(text: string): void
  /** What was no event. */
  raw(text: string): void
  final(isGood: boolean, said: string, facts: (string | undefined)[]): void
}

/** Lines of a tool's result that are shown; the rest is in `--raw`. */
const resultLines = 20
const resultColumns = 400
const sayingLimits = { most: 5000, longest: 10_000 }

type Kind = 'none' | 'said' | 'done'

const styles = { dim: '2', alarm: '33', bad: '31', good: '32', call: '1' }
type Style = keyof typeof styles

/** A page, and what was written on it since it was last taken. */
export function createPage(colour: boolean): Page & { take(): string; close(): void } {
  let written = ''
  let last: Kind = 'none'
  let isInLine = false

  const styled = (style: Style, text: string): string =>
    colour && text !== '' ? `\x1b[${styles[style]}m${text}\x1b[0m` : text
  const close = (): void => {
    if (isInLine) written += '\n'
    isInLine = false
  }
  /** Talk and deeds are set apart by an empty line. */
  const begin = (kind: Kind): void => {
    close()
    if (last !== 'none' && last !== kind) written += '\n'
    last = kind
  }
  const put = (lines: string[], style?: Style): void => {
    for (const line of lines) written += `${style ? styled(style, line) : line}\n`
  }
  const talk = (text: string, style?: Style, mark = ''): void => {
    if (text.trim() === '') return
    begin('said')
    const { lines, more } = harmlessLines(text, { ...sayingLimits, colour: false })
    put(
      lines.map(line => mark + line),
      style,
    )
    if (more > 0) put([`… ${count(more, 'more line')}`], 'dim')
  }

  return {
    say: text => talk(text),
    think: text => talk(text, 'dim', '┊ '),
    sayOn: text => {
      if (!isInLine) begin('said')
      isInLine = true
      // What ends in a line break goes on in a new line: the mark keeps it.
      const { lines } = harmlessLines(`${text.replaceAll('\r', '')}|`, { ...sayingLimits, colour: false })
      written += lines.join('\n').replace(/\|$/, '')
    },
    call: (tool, detail) => {
      begin('done')
      put([`${styled('call', `› ${plain(tool, 100)}`)}${detail ? ` ${plain(detail)}` : ''}`])
    },
    result: (text, isGood) => {
      begin('done')
      if (text.trim() === '') return
      const { lines, more } = harmlessLines(text, { most: resultLines, longest: resultColumns, colour })
      const shown = lines.map(line => `  ${line}`)
      put(shown, isGood ? 'dim' : 'bad')
      if (more > 0) put([`  … ${count(more, 'more line')}`], 'dim')
    },
    note: text => {
      begin('done')
      put([`· ${plain(text)}`], 'dim')
    },
    alarm: text => {
      begin('done')
      put([`! ${plain(text)}`], 'alarm')
    },
    raw: text => {
      begin('done')
      // Quickly where nothing is to be done: garbage has millions of lines.
      const isHarmless = text.length <= resultColumns && /^[\x20-\x7e]*$/.test(text)
      put(isHarmless ? [text] : harmlessLines(text, { most: 1, longest: resultColumns, colour }).lines)
    },
    final: (isGood, said, facts) => {
      close()
      if (last !== 'none') written += '\n'
      last = 'none'
      const known = facts.filter(it => it !== undefined).join(', ')
      const line = `── ${plain(said)}${known ? ` · ${known}` : ''}`
      put([line], isGood ? 'good' : 'bad')
    },
    close,
    take: () => {
      const taken = written
      written = ''
      return taken
    },
  }
}
