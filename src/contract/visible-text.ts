/** Making any text fit to be shown. */

/** One line in which nothing can take over the terminal: line breaks folded, control characters shown as `\x1b`. */
export function oneLine(text: string): string {
  return visible(text.replace(/\s*[\n\r\t]\s*/g, ' ').trim())
}

/** Keeps line breaks; other control characters and those that turn the direction of writing are shown escaped. */
export function visible(text: string): string {
  return text.replace(
    /(?!\n)[\p{Cc}\u2028\u2029\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/gu,
    char => escaped[char] ?? hex(char),
  )
}

const escaped: Record<string, string> = { '\t': '\\t', '\r': '\\r' }

function hex(char: string): string {
  const code = char.charCodeAt(0)
  return code < 0x100
    ? `\\x${code.toString(16).padStart(2, '0')}`
    : `\\u${code.toString(16).padStart(4, '0')}`
}
