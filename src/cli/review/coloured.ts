import { shorten, visible } from '../text.ts'

// Built from a text, since a pattern may not hold the character itself.
const esc = '\u001b'
const colour = new RegExp(`${esc}\\[[\\d;:]*m`, 'g')
const colourBetween = new RegExp(`(${esc}\\[[\\d;:]*m)`)
const colourOrErase = new RegExp(`${esc}\\[[\\d;:]*[mK]`, 'g')
const erase = new RegExp(`${esc}\\[[\\d;:]*K`, 'g')
const link = new RegExp(`${esc}\\][^${esc}]*${esc}\\\\`, 'g')
const off = new RegExp(`^${esc}\\[0*m$`)
const offThenOn = new RegExp(`^${esc}\\[0+[;:]`)

/** Sequences, at most so long, are carried from one line to the next. */
const longestCarried = 200

/**
 * What stays to be seen of a line that the escape filter has let through: the last of what was written over, blanks for
 * tabs, and nothing that a terminal acts on but colours.
 */
export function cleanLine(raw: string): string {
  const parts = raw.replace(/\r+$/, '').split('\r')
  const shown = parts.findLast(part => part.replace(colourOrErase, '') !== '') ?? ''
  return shown
    .replace(link, '')
    .replace(erase, '')
    .replaceAll('\b', '')
    .replaceAll('\t', '    ')
    .split(colourBetween)
    .map((piece, i) => (i % 2 === 1 ? piece : visible(piece)))
    .join('')
}

/** The sequences that are still in force behind a line. */
export function colourAfter(line: string): string {
  let active = ''
  for (const [sequence] of line.matchAll(colour)) {
    if (off.test(sequence)) active = ''
    else active = offThenOn.test(sequence) ? sequence : active + sequence
  }
  return active.length > longestCarried ? '' : active
}

/** At most so many columns of a clean line; its colours end with it, and are left out where there are none. */
export function fitColoured(text: string, columns: number, colours: boolean): string {
  const pieces = text.split(colourBetween)
  const plain = pieces.filter((_, i) => i % 2 === 0).join('')
  if (!colours || pieces.length === 1) return shorten(plain, columns)
  const cut = shorten(plain, columns)
  const isCut = cut !== plain
  let left = isCut ? cut.slice(0, -1) : cut
  let shown = ''
  for (const [i, piece] of pieces.entries()) {
    if (i % 2 === 1) shown += piece
    else {
      const kept = piece.slice(0, left.length)
      left = left.slice(kept.length)
      shown += kept
    }
    if (left === '' && isCut) break
  }
  return `${shown}${isCut ? '…' : ''}${esc}[0m`
}
