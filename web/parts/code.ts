/** Colours for a line of code, by what most languages have in common. */

/** A stretch of a line; `look` is empty for what has no colour of its own. */
export type Token = { text: string; look: '' | 'comment' | 'string' | 'number' | 'word' }

const words = new Set(
  `abstract as assert async await begin bool boolean break case catch char class const continue def default defer del delete
do done double elif else elsif end enum esac except export extends extern false final finally float fn for foreach from
func function go if impl implements import in instanceof int interface is lambda let local long loop match mod module
move mut namespace new nil none not null of or and override package pass private protected pub public raise ref
require return self short static struct super switch then this throw throws trait true try type typedef typeof
undefined union unless unsafe until use using var void when where while with yield`.split(/\s+/),
)

const slashes =
  'c h cc cpp hpp cs css go java js jsx kt less mjs cjs php rs scala scss swift ts tsx mts cts json5 jsonc proto zig'
const hashes =
  'bash conf cfg ex exs ini makefile dockerfile mk nix pl py r rb sh tf toml yaml yml zsh fish gitignore env'
const dashes = 'sql lua hs elm ada'
const comments: ReadonlyMap<string, string> = new Map([
  ...slashes.split(' ').map(it => [it, '\\/\\/.*|\\/\\*.*?(?:\\*\\/|$)|^\\s*\\*(?!\\w).*'] as const),
  ...hashes.split(' ').map(it => [it, '(?<![^\\s])#.*'] as const),
  ...dashes.split(' ').map(it => [it, '--.*'] as const),
])
/** In prose an apostrophe begins no text. */
const prose = new Set(['', 'md', 'txt', 'rst', 'adoc', 'license', 'html', 'xml', 'svg', 'csv', 'lock', 'log'])

const strings = '"(?:[^"\\\\]|\\\\.)*"|\'(?:[^\'\\\\]|\\\\.)*\'|`(?:[^`\\\\]|\\\\.)*`'
const numbers = '\\b(?:0[xob][\\da-f_]+|\\d[\\d_]*(?:\\.\\d+)?(?:e[+-]?\\d+)?)\\b'

/** More of a line has no colours: no line is worth that work. */
const longest = 1000

export type Language = { pattern: RegExp } | undefined

/** By the end of the file's name; undefined where nothing is to be coloured. */
export function languageOf(path: string): Language {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase()
  const ending = name.slice(name.lastIndexOf('.') + 1)
  if (prose.has(ending)) return undefined
  const comment = comments.get(ending)
  const parts = [`(?<string>${strings})`, `(?<number>${numbers})`, '(?<word>[A-Za-z_$][\\w$]*)']
  if (comment) parts.unshift(`(?<comment>${comment})`)
  return { pattern: new RegExp(parts.join('|'), 'gi') }
}

/** The whole line, cut where its look changes. */
export function tokensOf(line: string, language: Language): Token[] {
  if (!language || line.length > longest) return [{ text: line, look: '' }]
  const tokens: Token[] = []
  let plain = ''
  const flush = () => {
    if (plain !== '') tokens.push({ text: plain, look: '' })
    plain = ''
  }
  let from = 0
  for (const match of line.matchAll(language.pattern)) {
    const [text] = match
    plain += line.slice(from, match.index)
    from = match.index + text.length
    const look = lookOf(text, match.groups as Record<string, string | undefined>)
    if (look === '') plain += text
    else {
      flush()
      tokens.push({ text, look })
    }
  }
  plain += line.slice(from)
  flush()
  return tokens
}

function lookOf(text: string, groups: Record<string, string | undefined>): Token['look'] {
  if (groups.comment !== undefined) return 'comment'
  if (groups.string !== undefined) return 'string'
  if (groups.number !== undefined) return 'number'
  return words.has(text) ? 'word' : ''
}
