import { isatty } from 'node:tty'

/** Where text goes for a person, and what that place can show. */
export type Face = {
  /** A line made for people: in a locale without UTF-8, our own signs are replaced. */
  line(text?: string): void
  /** Exactly this text, for what moves the cursor. */
  raw(text: string): void
  /** Exactly this text and a line break. */
  data(text: string): void
  isTerminal: boolean
  /** Width to fit into; infinite in a pipe, where nothing is cut. */
  columns: number
  rows: number
  paint: Paint
}

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'blue'
export type Paint = (style: Style | undefined, text: string) => string

/**
 * @property out           data: what was asked for
 * @property err           everything else: hints, progress, questions, errors
 * @property isInteractive somebody is there to answer a question
 */
export type Terminal = { out: Face; err: Face; isInteractive: boolean }

export type Stream = { isTTY?: boolean; columns?: number; rows?: number; write(text: string): unknown }

export function createTerminal(
  { stdout, stderr }: { stdout: Stream; stderr: Stream },
  env: NodeJS.ProcessEnv,
): Terminal {
  return {
    out: createFace(stdout, env),
    err: createFace(stderr, env),
    // Asking the file descriptor, since making the stream of stdin costs milliseconds.
    isInteractive: isatty(0) && stderr.isTTY === true,
  }
}

/** Whether what is painted has colours there. */
export const hasColours = ({ paint }: Face): boolean => paint('bold', 'x') !== 'x'

/** Pretty for eyes, one line for programs. */
export function printJson(face: Face, value: unknown): undefined {
  face.data(JSON.stringify(value, null, face.isTerminal ? 2 : undefined))
}

function createFace(stream: Stream, env: NodeJS.ProcessEnv): Face {
  const isTerminal = stream.isTTY === true
  const colours = wantsColours(isTerminal, env)
  const show = hasUtf8(env) ? (text: string) => text : toAscii
  return {
    line: (text = '') => stream.write(`${show(text)}\n`),
    raw: text => stream.write(show(text)),
    data: text => stream.write(`${text}\n`),
    isTerminal,
    // A terminal that nobody gave a size says 0.
    columns: isTerminal ? stream.columns || 80 : Number.POSITIVE_INFINITY,
    rows: isTerminal ? stream.rows || 24 : Number.POSITIVE_INFINITY,
    paint: (style, text) => (colours && style ? `\x1b[${codes[style]}m${text}\x1b[0m` : text),
  }
}

const codes: Record<Style, number> = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, blue: 34 }

function wantsColours(isTerminal: boolean, env: NodeJS.ProcessEnv): boolean {
  if (env.NO_COLOR) return false
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0'
  return isTerminal && env.TERM !== 'dumb'
}

function hasUtf8(env: NodeJS.ProcessEnv): boolean {
  return /utf-?8/i.test(env.LC_ALL || env.LC_CTYPE || env.LANG || '')
}

// One sign for one sign, so that columns stay where they are.
const ascii: Record<string, string> = {
  '○': 'o',
  '●': '*',
  '✓': '+',
  '✗': 'x',
  '⏸': '-',
  '·': '-',
  '→': '>',
  '…': '~',
  '›': '>',
  '─': '-',
  '│': '|',
  '┃': '!',
}

const toAscii = (text: string): string => text.replace(/[○●✓✗⏸·→…›─│┃]/g, sign => ascii[sign] ?? sign)
