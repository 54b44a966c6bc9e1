/** Making any text fit for a line on a terminal. */

export { shellWord } from '../contract/shell-word.ts'
export { oneLine, visible } from '../contract/visible-text.ts'
export { count, ordinal, usd } from '../contract/words.ts'

/** Columns that a text without escape sequences takes on a terminal, nearly. */
export function widthOf(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length
  let width = 0
  for (const char of text) width += widthOfChar(char)
  return width
}

/** At most `columns` wide, with `…` where something was cut off. */
export function shorten(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text
  let kept = ''
  let width = 1
  for (const char of text) {
    width += widthOfChar(char)
    if (width > columns) break
    kept += char
  }
  return columns < 1 ? '' : `${kept.trimEnd()}…`
}

export function padEnd(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - widthOf(text)))
}

export function padStart(text: string, columns: number): string {
  return ' '.repeat(Math.max(0, columns - widthOf(text))) + text
}

/** Each line moved to the right. */
export function indent(text: string, columns: number): string {
  return text.replace(/^(?=.)/gm, ' '.repeat(columns))
}

const zero = /^(\p{M}|[\u200b-\u200d])$/u
const wide =
  /^[\p{Emoji_Presentation}\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]$/u

function widthOfChar(char: string): number {
  if (zero.test(char)) return 0
  return wide.test(char) ? 2 : 1
}

/** `312 kB`, `1.2 GB`: in steps of 1024, as the settings count. */
export function sizeText(bytes: number): string {
  let size = bytes
  let unit = 0
  while (size >= 1024 && unit < sizeUnits.length - 1) {
    size /= 1024
    unit++
  }
  return `${size < 10 && unit > 0 ? size.toFixed(1) : Math.round(size)} ${sizeUnits[unit]}`
}

const sizeUnits = ['bytes', 'kB', 'MB', 'GB', 'TB'] as const
