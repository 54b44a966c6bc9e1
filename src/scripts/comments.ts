/** A line of comment at the head of a script: its number in the file, and what it says. A blank line says ''. */
export type CommentLine = { number: number; text: string }

/** A comment of several lines. `lead` is what may stand before the words of each. */
type Block = { begin: RegExp; end: (begin: RegExpExecArray) => RegExp; lead?: RegExp }

const line = /^\s*(?:#|\/\/)\s?(.*)$/

const blocks: Record<string, Block> = {
  python: { begin: /^\s*[rRuU]?("""|''')/, end: ([, quotes]) => RegExp(quotes as string) },
  ruby: { begin: /^=begin\b/, end: () => /^=end\b/ },
  perl: { begin: /^=\w+/, end: () => /^=cut\b/ },
  javascript: { begin: /^\s*\/\*+/, end: () => /\*\//, lead: /^\s*\*(?!\/)\s?/ },
}

/** By extension, or by the program that a shebang names. */
const languages: [extension: RegExp, program: RegExp, language: string][] = [
  [/\.py$/, /\b(python|uv\b)/, 'python'],
  [/\.rb$/, /\bruby/, 'ruby'],
  [/\.pl$/, /\bperl/, 'perl'],
  [/\.[jt]s$/, /\b(node|deno|bun|tsx|ts-node)\b/, 'javascript'],
]

/** Stands before the comments of some scripts, and does nothing. */
const directive = /^\s*(['"])use strict\1;?\s*$/

/** The comment lines of a script before its first statement, blank lines among them. */
export function* headComments(text: string, file: string): Generator<CommentLine> {
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/)
  const style = blockStyle(file, lines[0] as string)
  let open: { end: RegExp; lead: RegExp | undefined } | undefined
  for (const [index, raw] of lines.entries()) {
    const number = index + 1
    let words = raw
    if (!open) {
      const begin = style?.begin.exec(raw)
      if (begin && style) {
        open = { end: style.end(begin), lead: style.lead }
        words = raw.slice(begin[0].length)
      } else {
        const text = raw.trim() === '' || directive.test(raw) ? '' : line.exec(raw)?.[1]
        if (text === undefined) return
        yield { number, text }
        continue
      }
    } else if (open.lead) words = raw.replace(open.lead, '')
    const end = open.end.exec(words)
    yield { number, text: (end ? words.slice(0, end.index) : words).replace(/^ (?! )/, '') }
    if (!end) continue
    open = undefined
    // What follows on the same line is a statement.
    if (words.slice(end.index + end[0].length).trim() !== '') return
  }
}

function blockStyle(file: string, firstLine: string): Block | undefined {
  const shebang = firstLine.startsWith('#!') ? firstLine : ''
  const known = languages.find(([extension]) => extension.test(file))
  const named = known ?? languages.find(([, program]) => program.test(shebang))
  return named && blocks[named[2]]
}
