/**
 * The words before the cursor, as bash reads them.
 *
 * @property before  the words before the one that is being typed, without quotes
 * @property current the word that is being typed, without quotes
 * @property head    how much of `current` bash leaves as it is: what is put in begins behind it
 * @property quote   the quote that is open at the cursor
 */
export type BashLine = { before: string[]; current: string; head: string; quote: Quote }
export type Quote = '' | '"' | "'"

/**
 * Reads a command line up to the cursor, without the command's own word.
 * @param breaks the characters at which bash begins a new word for completion (COMP_WORDBREAKS), though the shell does not
 */
export function readBashLine(line: string, breaks: string): BashLine {
  const words: string[] = []
  let word: string | undefined
  // A quote begins a new word too, in its way: readline puts in what comes behind it.
  let head = ''
  let quote: Quote = ''
  for (let i = 0; i < line.length; i++) {
    const char = line[i] as string
    if (quote !== '' && char === quote) {
      quote = ''
      head = word ?? ''
    } else if (quote === "'") {
      word += char
    } else if (char === '\\' && (quote === '' || /[$`"\\\n]/.test(line[i + 1] ?? ''))) {
      word = (word ?? '') + (line[++i] ?? '')
    } else if (quote === '"') {
      word += char
    } else if (char === '$' && line[i + 1] === "'") {
      const [text, length] = readEscapes(line.slice(i + 2))
      word = (word ?? '') + text
      i += length + 1
    } else if (char === '"' || char === "'") {
      quote = char
      word ??= ''
      head = word
    } else if (/\s/.test(char)) {
      if (word !== undefined) words.push(word)
      word = undefined
      head = ''
    } else {
      word = (word ?? '') + char
      if (breaks.includes(char)) head = word
    }
  }
  return { before: words.slice(1), current: word ?? '', head, quote }
}

/** `a\nb'` behind `$'`: the text, and how long it was with its quote. */
function readEscapes(text: string): [text: string, length: number] {
  const [all = '', inside = ''] = /^((?:[^'\\]|\\.)*)'?/s.exec(text) ?? []
  const read = inside.replace(/\\(?:x([0-9a-f]{1,2})|u([0-9a-f]{1,4})|(.))/gis, (_, hex, code, char) =>
    hex || code ? String.fromCodePoint(Number.parseInt(hex ?? code, 16)) : (named[char] ?? char),
  )
  return [read, all.length]
}

const named: Record<string, string> = { n: '\n', t: '\t', r: '\r', e: '\x1b', a: '\x07' }

/** A text as it has to stand on a command line of bash, inside a quote that is open or outside of quotes. */
export function quoteForBash(text: string, quote: Quote): string {
  if (quote === "'") return text.replaceAll("'", `'\\''`)
  if (quote === '"') return text.replace(/[$`"\\]/g, '\\$&').replaceAll('!', `"'!'"`)
  return text.replace(/\p{Cc}|[^\p{L}\p{N}\p{M}_.,:/@%+=-]/gu, char =>
    /\p{Cc}/u.test(char) ? `$'${escaped(char)}'` : `\\${char}`,
  )
}

function escaped(char: string): string {
  const name = Object.keys(named).find(key => named[key] === char)
  return name ? `\\${name}` : `\\x${(char.codePointAt(0) as number).toString(16).padStart(2, '0')}`
}
