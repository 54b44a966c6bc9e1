/** Escape sequences of terminals: colours are kept, everything else that is not text goes. */

import { linkOf, withLinks } from './links.ts'

/** A stretch of text with one look; `classes` are of `output.css`. `href`: http or https. */
export type Span = { text: string; classes: string; href?: string | undefined }

/** Colours and weight as they stand after what came before. */
export type Look = {
  fore: string
  back: string
  bold: boolean
  dim: boolean
  italic: boolean
  under: boolean
}

export const plainLook: Look = { fore: '', back: '', bold: false, dim: false, italic: false, under: false }

// Operating system commands and the like may hold anything up to their end: titles, clipboards, links.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const sequence = /\x1b(?:\[([0-9;:?<=>]*)[ -/]*([@-~])|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\|$)|[ -/]*[0-~]|$)/g
// Line breaks and tabs stay; what turns the direction of writing does not.
const unprintable =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/g

// https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const hyperlink = /^\x1b\]8;[^;]*;([^\x07\x1b]*)/

/** The text alone. */
export const plainText = (text: string): string => text.replace(sequence, '').replace(unprintable, '')

/** One line, and the look that the next one begins with. */
export function readLine(line: string, before: Look): { spans: Span[]; look: Look } {
  const spans: Span[] = []
  let look = before
  let from = 0
  let href: string | undefined
  const add = (text: string) => {
    const shown = text.replace(unprintable, '')
    if (shown === '') return
    const classes = classesOf(look)
    if (href) spans.push({ text: shown, classes, href })
    else for (const part of withLinks(shown)) spans.push({ ...part, classes })
  }
  for (const match of line.matchAll(sequence)) {
    add(line.slice(from, match.index))
    from = match.index + match[0].length
    if (match[2] === 'm') look = changed(look, match[1] as string)
    const link = hyperlink.exec(match[0])
    if (link) href = linkOf(link[1] as string)
  }
  add(line.slice(from))
  return { spans, look }
}

/** What is left on the line after carriage returns: each begins it anew, over what stood there. */
export function afterReturns(line: string): string {
  const parts = line.replace(/\r+$/, '').split('\r')
  return parts.length === 1 ? (parts[0] as string) : (parts.findLast(part => part !== '') ?? '')
}

const names = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white']

function changed(before: Look, parameters: string): Look {
  const codes = parameters.split(/[;:]/).map(Number)
  let look = before
  for (let at = 0; at < codes.length; at++) {
    const code = codes[at] as number
    if (code === 38 || code === 48) {
      const [name, used] = extended(codes.slice(at + 1))
      look = { ...look, [code === 38 ? 'fore' : 'back']: name }
      at += used
    } else look = { ...look, ...simple(code) }
  }
  return look
}

function simple(code: number): Partial<Look> {
  if (code === 0) return plainLook
  if (code >= 30 && code <= 37) return { fore: names[code - 30] as string }
  if (code >= 90 && code <= 97) return { fore: `bright-${names[code - 90]}` }
  if (code >= 40 && code <= 47) return { back: names[code - 40] as string }
  if (code >= 100 && code <= 107) return { back: `bright-${names[code - 100]}` }
  const others: Record<number, Partial<Look>> = {
    1: { bold: true },
    2: { dim: true },
    3: { italic: true },
    4: { under: true },
    22: { bold: false, dim: false },
    23: { italic: false },
    24: { under: false },
    39: { fore: '' },
    49: { back: '' },
  }
  return others[code] ?? {}
}

/** Of 256 colours and of all colours, the nearest of the sixteen: those are legible in both themes. */
function extended([kind, ...rest]: number[]): [name: string, used: number] {
  if (kind === 5) return [ofIndex(rest[0] ?? 0), 2]
  if (kind === 2) return [nearestName(rest[0] ?? 0, rest[1] ?? 0, rest[2] ?? 0), 4]
  return ['', 1]
}

function ofIndex(index: number): string {
  if (index < 8) return names[index] ?? ''
  if (index < 16) return `bright-${names[index - 8]}`
  if (index >= 232) return nearestName(...(Array(3).fill((index - 232) * 10 + 8) as [number, number, number]))
  const level = (step: number) => (step === 0 ? 0 : 55 + step * 40)
  const at = index - 16
  return nearestName(level(Math.floor(at / 36)), level(Math.floor(at / 6) % 6), level(at % 6))
}

function nearestName(red: number, green: number, blue: number): string {
  const most = Math.max(red, green, blue)
  if (most - Math.min(red, green, blue) < 40) {
    return most > 200 ? 'bright-white' : most > 140 ? 'white' : most > 60 ? 'bright-black' : 'black'
  }
  const bits = Number(red > most / 2) + 2 * Number(green > most / 2) + 4 * Number(blue > most / 2)
  return (most > 200 ? 'bright-' : '') + names[bits]
}

function classesOf({ fore, back, bold, dim, italic, under }: Look): string {
  const all = [
    fore && `fore-${fore}`,
    back && `back-${back}`,
    bold && 'bold',
    dim && 'faint',
    italic && 'italic',
    under && 'under',
  ]
  return all.filter(Boolean).join(' ')
}
