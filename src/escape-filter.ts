/** Longest OSC sequence that is kept back to be looked at; a longer one is no link. */
const longestOsc = 4096

type State = 'text' | 'escape' | 'charset' | 'csi' | 'osc' | 'string'

/**
 * Takes out of a stream of output what could do harm on a terminal: titles, clipboard, cursor and mode changes, queries
 * that the terminal would answer. Colours, carriage returns, erasing the line and links to the web stay. Works on bytes,
 * since a character or a sequence may be split between two chunks; each stream needs its own filter.
 */
export function createEscapeFilter(): (bytes: Uint8Array) => Uint8Array {
  let state: State = 'text'
  let kept = ''
  // A string ends with ESC \, and UTF-8 writes a C1 control as two bytes: both are known only at the second one.
  let previous = 0

  const step = (byte: number): string => {
    switch (state) {
      case 'text':
        return inText(byte)
      case 'escape':
        return afterEscape(byte)
      case 'charset':
        state = 'text'
        return ''
      case 'csi':
        return inCsi(byte)
      default:
        return inString(byte)
    }
  }

  const inText = (byte: number): string => {
    const held = previous === 0xc2 ? '\xc2' : ''
    previous = byte
    if (held && byte >= 0x80 && byte < 0xa0) return ''
    if (byte === 0x1b) state = 'escape'
    const isShown = byte >= 0x20 ? byte !== 0x7f && byte !== 0xc2 : harmless.has(byte)
    return held + (isShown ? String.fromCharCode(byte) : '')
  }

  const afterEscape = (byte: number): string => {
    previous = 0
    kept = ''
    state = startedBy[String.fromCharCode(byte)] ?? 'text'
    if (byte === 0x1b) state = 'escape'
    return ''
  }

  const inCsi = (byte: number): string => {
    const char = String.fromCharCode(byte)
    if (byte >= 0x20 && byte < 0x40 && kept.length < longestOsc) {
      kept += char
      return ''
    }
    state = byte === 0x1b ? 'escape' : 'text'
    const isHarmless = (char === 'm' || char === 'K') && /^[\d;:]*$/.test(kept)
    return isHarmless ? `\x1b[${kept}${char}` : ''
  }

  const inString = (byte: number): string => {
    const isEnd = byte === 0x07 || (previous === 0x1b && byte === 0x5c)
    // A title that is never ended must not swallow all that follows.
    const isBroken = state === 'osc' && byte === 0x0a
    if (!isEnd && !isBroken) {
      if (previous === 0x1b) kept += '\x1b'
      if (byte !== 0x1b && kept.length <= longestOsc) kept += String.fromCharCode(byte)
      previous = byte
      return ''
    }
    const isLink = state === 'osc' && isEnd && kept.length <= longestOsc && link.test(kept)
    state = 'text'
    previous = 0
    if (isBroken) return '\n'
    return isLink ? `\x1b]${kept}\x1b\\` : ''
  }

  return bytes => {
    let shown = ''
    for (const byte of bytes) shown += step(byte)
    // Each character is a byte. Browsers, which have this too, know no Buffer.
    return Uint8Array.from(shown, char => char.charCodeAt(0))
  }
}

/** Backspace, tab, line feed, carriage return. */
const harmless = new Set([0x08, 0x09, 0x0a, 0x0d])

/** What an ESC begins, by the character after it; any other pair of the two is dropped. */
const startedBy: Record<string, State> = {
  '[': 'csi',
  ']': 'osc',
  P: 'string',
  X: 'string',
  '^': 'string',
  _: 'string',
  '(': 'charset',
  ')': 'charset',
  '*': 'charset',
  '+': 'charset',
  '#': 'charset',
  '%': 'charset',
  ' ': 'charset',
}

/** OSC 8: the beginning of a link, or with nothing behind it the end of one. */
const link = /^8;[\w:=.-]*;((https?:\/\/|mailto:)[\x21-\x7e]*)?$/
