/** A patch as git writes it, taken apart for showing. */

/** `note`: what git says between the lines. `before`, `after`: numbers of the line in the two versions. */
export type PatchLine = {
  kind: 'context' | 'added' | 'deleted' | 'hunk' | 'note'
  text: string
  before?: number
  after?: number
}
export type PatchFile = {
  path: string
  /** What it was called before, where that is another name. */
  from: string | undefined
  what: 'changed' | 'added' | 'deleted' | 'renamed' | 'copied' | 'binary' | 'mode changed'
  added: number
  deleted: number
  lines: PatchLine[]
}

/**
 * The files of a patch in its order. A hunk says how many lines it has: one of them may begin like a header.
 * What stands before the first file is left out.
 */
export function readPatch(patch: string): PatchFile[] {
  const files: PatchFile[] = []
  let hunk: Hunk | undefined
  for (const text of linesOf(patch)) {
    const file = files.at(-1)
    if (hunk && file) {
      take(file, hunk, text)
      if (hunk.beforeLeft <= 0 && hunk.afterLeft <= 0) hunk = undefined
    } else if (text.startsWith('diff --git ')) files.push(newFile(text))
    else if (file) {
      hunk = hunkOf(text)
      if (hunk) file.lines.push({ kind: 'hunk', text })
      else takeHeader(file, text)
    }
  }
  return files
}

type Hunk = { before: number; after: number; beforeLeft: number; afterLeft: number }

function linesOf(patch: string): string[] {
  const lines = patch.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
}

function hunkOf(text: string): Hunk | undefined {
  const found = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(text)
  if (!found) return undefined
  const [before, beforeLeft, after, afterLeft] = found.slice(1).map(it => Number(it ?? 1))
  return { before, beforeLeft, after, afterLeft } as Hunk
}

function take(file: PatchFile, hunk: Hunk, text: string): void {
  const sign = text[0]
  const line = text.slice(1)
  if (sign === '+') {
    file.added += 1
    hunk.afterLeft -= 1
    file.lines.push({ kind: 'added', text: line, after: hunk.after++ })
  } else if (sign === '-') {
    file.deleted += 1
    hunk.beforeLeft -= 1
    file.lines.push({ kind: 'deleted', text: line, before: hunk.before++ })
  } else if (sign === '\\') file.lines.push({ kind: 'note', text })
  else {
    hunk.beforeLeft -= 1
    hunk.afterLeft -= 1
    file.lines.push({ kind: 'context', text: line, before: hunk.before++, after: hunk.after++ })
  }
}

function newFile(header: string): PatchFile {
  return { path: nameIn(header), from: undefined, what: 'changed', added: 0, deleted: 0, lines: [] }
}

/** `diff --git a/x b/x`: without a rename both names are the same, and of one length. */
function nameIn(header: string): string {
  const names = header.slice('diff --git '.length)
  if (names.startsWith('"')) return withoutSide(unquoted(names.slice((names.length + 1) / 2)))
  return names.slice((names.length + 1) / 2).replace(/^b\//, '')
}

function takeHeader(file: PatchFile, text: string): void {
  const after = (words: string) => unquoted(text.slice(words.length))
  if (text.startsWith('new file')) file.what = 'added'
  else if (text.startsWith('deleted file')) file.what = 'deleted'
  else if (text.startsWith('new mode') && file.what === 'changed') file.what = 'mode changed'
  else if (/^(?:Binary files|GIT binary patch)/.test(text)) file.what = 'binary'
  else if (text.startsWith('rename from ')) {
    file.what = 'renamed'
    file.from = after('rename from ')
  } else if (text.startsWith('copy from ')) {
    file.what = 'copied'
    file.from = after('copy from ')
  } else if (text.startsWith('rename to ')) file.path = after('rename to ')
  else if (text.startsWith('copy to ')) file.path = after('copy to ')
  else if (text.startsWith('--- ') && text !== '--- /dev/null') file.path = withoutSide(after('--- '))
  else if (text.startsWith('+++ ') && text !== '+++ /dev/null') {
    file.path = withoutSide(after('+++ '))
    if (file.what === 'mode changed') file.what = 'changed'
  } else if (text.startsWith('\\')) file.lines.push({ kind: 'note', text })
}

/** git ends a name that has blanks in it with a tab. */
const withoutSide = (name: string): string => name.replace(/^[ab]\//, '').replace(/\t$/, '')

const escapes: Record<string, number> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13 }

/** `"a\303\244"`: git writes names with other characters as C does, byte by byte. */
function unquoted(name: string): string {
  if (!/^".*"$/.test(name)) return name
  const bytes: number[] = []
  for (const [, octal, letter, plain] of name
    .slice(1, -1)
    .matchAll(/\\([0-7]{3})|\\(.)|([^\\]+)/gs) as Iterable<(string | undefined)[]>) {
    if (octal) bytes.push(Number.parseInt(octal, 8))
    else if (letter) bytes.push(escapes[letter] ?? letter.charCodeAt(0))
    else for (const byte of new TextEncoder().encode(plain)) bytes.push(byte)
  }
  return new TextDecoder().decode(new Uint8Array(bytes))
}
